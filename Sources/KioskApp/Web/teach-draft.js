// One draft as it is worked on in this window: loaded, saved after each change, and told when another window was faster.
import { get, post, Refusal } from "./api.js";
import { fail } from "./app.js";
import { warn } from "./dom.js";
import { code } from "./strings.js";
import { FormModel } from "./teach-form.js";

const pause = 500;

export class TeachDraft extends EventTarget {
  constructor(id) {
    super();
    this.id = id;
    this.address = `/api/teach/drafts/${id}`;
    this.isDirty = false;
    this.isSaving = false;
    this.hasConflict = false;
    this.isGone = false;
  }

  get revision() { return this.view?.draft.revision; }
  get state() { return this.hasConflict ? "conflict" : this.isSaving ? "saving" : this.isDirty ? "unsaved" : "saved"; }
  said(what) { this.dispatchEvent(new CustomEvent(what)); }

  /** Looks at the station's draft; what is being worked on here stays as it is. */
  async look() {
    let view;
    try {
      view = await get(this.address);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "not-found")) throw error;
      this.isGone = true;
      return this.said("state");
    }
    if (this.view && view.draft.revision < this.view.draft.revision) return;
    const isNewer = this.view && view.draft.revision !== this.view.draft.revision;
    if (isNewer && this.isSaving) return;
    if (isNewer && this.isDirty) {
      this.hasConflict = true;
      this.theirs = view;
      return this.said("state");
    }
    const mustLoad = !this.model || isNewer;
    this.view = view;
    if (mustLoad && view.form) this.take(view.form);
    this.said("state");
  }

  take(form) {
    if (this.model) this.model.load(form);
    else {
      this.model = new FormModel(form);
      this.model.addEventListener("change", () => this.changed());
    }
    this.said("loaded");
  }

  changed() {
    this.isDirty = true;
    this.said("state");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  setSchema(schema) {
    this.schema = schema;
    this.view.schema = schema ?? undefined;
    this.changed();
    return this.save();
  }

  /** Saves what has changed; one after the other. */
  async save() {
    clearTimeout(this.timer);
    if (this.isSaving) {
      await this.saving;
      return this.isDirty ? this.save() : undefined;
    }
    if (!this.isDirty || this.hasConflict || this.isGone) return undefined;
    this.saving = this.send();
    return this.saving;
  }

  async send() {
    this.isSaving = true;
    this.isDirty = false;
    this.said("state");
    const body = { revision: this.revision, form: this.model.plain };
    if (this.schema !== undefined) body.schema = this.schema;
    try {
      this.view = await post(`${this.address}/form`, body);
      // Another one may have been chosen meanwhile.
      if (this.schema === body.schema) this.schema = undefined;
      else this.view.schema = this.schema ?? undefined;
    } catch (error) {
      this.isDirty = true;
      if (error instanceof Refusal && error.code === "draft-changed") {
        this.hasConflict = true;
        this.theirs = await get(this.address).catch(() => undefined);
      } else if (error instanceof Refusal && error.code === "not-found") this.isGone = true;
      else if (error instanceof Refusal && error.status === 422) warn(code("error", error.code));
      else {
        fail(error);
        this.timer = setTimeout(() => this.save(), 3000);
      }
    } finally {
      this.isSaving = false;
      this.said("state");
    }
    if (this.isDirty && !this.hasConflict && !this.isGone && !this.timer) this.changed();
  }

  takeTheirs() {
    this.hasConflict = false;
    this.isDirty = false;
    this.view = this.theirs;
    this.take(this.view.form);
    this.said("state");
  }

  keepMine() {
    this.hasConflict = false;
    this.view = this.theirs;
    this.isDirty = true;
    return this.save();
  }

  page = (number) => `${this.address}/pages/${number}`;
}

let last;

/** The draft of this window: leaving a step and coming back loses neither choice nor way back. */
export function draftOf(id) {
  if (last?.id !== id || last.isGone) last = new TeachDraft(id);
  return last;
}
