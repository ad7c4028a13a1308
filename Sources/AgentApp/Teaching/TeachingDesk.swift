import Delivery
import Forms
public import Foundation
import Reading
public import Support
public import Teaching
import Workers

/// Where a technician teaches forms: drafts on disk, and the workers that look at blanks, read trials and prove forms.
///
/// Nothing is decoded here: files go to workers as they came.
public actor TeachingDesk {
    /// What a file, and all of what is sent at once, may measure in bytes.
    public static let largestUpload = 24 << 20
    static let mostPages = 20
    static let mostDrafts = 40
    private static let largestForm = 2 << 20

    let drafts: DraftFolder
    let station: Station
    let forms: FormDesk
    private let models: String?
    private let worker: String?
    private let blanks: BlankDesk
    private let jobs = AsyncStream.makeStream(of: Job.self)
    private let proofs = AsyncStream.makeStream(of: Job.self)
    private var certifying: [UUIDv7: Certifying] = [:]
    private var failures: [UUIDv7: String] = [:]
    private var isTrying = false
    private var standings: [UUIDv7: (revision: Int, standing: CertificateStanding)] = [:]

    private enum Job: Sendable {
        case propose(UUIDv7)
        case certify(UUIDv7, copies: Int)
    }

    private struct Certifying {
        var progress: DraftView.Progress
        var task: Task<Certificate, any Error>?
        var isStopped = false
    }

    /// - Parameters:
    ///   - folder: Where drafts are kept.
    ///   - sealer: Has the key that they are sealed with.
    ///   - station: Has scanned pages and the audit trail.
    ///   - forms: Takes a finished form into force.
    ///   - models: Folder with the models; the worker's own default when `nil`.
    ///   - worker: Path of the read-worker; beside the running program when `nil`.
    public init(
        folder: URL, sealer: any Sealer, station: Station, forms: FormDesk, models: String? = nil,
        worker: String? = nil
    ) {
        drafts = DraftFolder(folder: folder, sealer: sealer)
        self.station = station
        self.forms = forms
        self.models = models
        self.worker = worker
        blanks = BlankDesk(worker: worker)
    }

    /// Puts in order what an earlier version or a kill has left: drafts that lie in clear are sealed.
    ///
    /// - Throws: ``BlankettError`` when drafts cannot be kept.
    public func recover() throws { try drafts.recover() }

    /// Does what takes long, for as long as the agent runs.
    ///
    /// - Throws: ``BlankettError`` when drafts cannot be kept.
    public func run() async throws {
        try recover()
        // What a stop has interrupted begins anew.
        for draft in drafts.all where draft.stage == .proposing { jobs.continuation.yield(.propose(draft.id)) }
        await withDiscardingTaskGroup { group in
            for stream in [jobs.stream, proofs.stream] {
                group.addTask {
                    for await job in stream { await self.carryOut(job) }
                }
            }
        }
    }

    private func carryOut(_ job: Job) async {
        switch job {
        case .propose(let id): await propose(id)
        case .certify(let id, let copies): await prove(id, copies)
        }
        station.changes.ring()
    }

    /// All drafts, the latest first.
    public var summaries: [DraftSummary] {
        drafts.all.map { draft in
            var draft = draft
            let form = formIfSound(of: &draft)
            let standing = standing(of: &draft)
            let names: LocalizedText? = form?["name"].flatMap { name in
                (try? JSONCoding.encode(name)).flatMap { try? JSONCoding.decode(from: $0) }
            }
            return DraftSummary(
                id: draft.id, stage: draft.stage, failure: draft.failure,
                formID: form?["id"]?.stringValue ?? draft.formID, name: names ?? LocalizedText(["sv": draft.name]),
                version: Int(whole: form?["version"]?.numberValue), fields: form?["fields"]?.arrayValue?.count ?? 0,
                pages: form?["pages"]?.arrayValue?.count ?? 0, changedAt: draft.changedAt,
                standing: standing)
        }
    }

    /// What the draft says of its form; a draft whose file is damaged has failed.
    private func formIfSound(of draft: inout Draft) -> JSONValue? {
        do {
            return try drafts.form(of: draft.id)
        } catch {
            if error.code == DraftFiles.damagedCode { draft.fail(error) }
            return nil
        }
    }

    /// Told by the package, which takes long to load; kept until the draft changes or is proved.
    private func standing(of draft: inout Draft) -> CertificateStanding {
        if let known = standings[draft.id], known.revision == draft.revision { return known.standing }
        guard draft.stage == .ready else { return .notCertified }
        do {
            let standing = try drafts.withPackage(of: draft.id) { folder in
                (try? FormPackage.load(folder))?.standing ?? .notCertified
            }
            standings[draft.id] = (draft.revision, standing)
            return standing
        } catch {
            draft.fail(error)
            return .notCertified
        }
    }

    /// - Throws: ``BlankettError`` `not-found`.
    public func view(_ id: UUIDv7) async throws -> DraftView {
        var draft = try drafts.shown(id)
        let form = formIfSound(of: &draft)
        let latest = await forms.latest(of: form?["id"]?.stringValue ?? draft.formID)
        var view = DraftView(
            draft: draft, form: form, problems: [], standing: .notCertified, progress: certifying[id]?.progress,
            certifyFailure: failures[id], inForce: latest)
        guard form != nil else { return view }
        do {
            view.schema = try schema(of: id)
            try drafts.withPackage(of: id) { folder in
                do throws(FormPackageProblems) {
                    let package = try FormPackage.load(folder)
                    (view.standing, view.certificate) = (package.standing, package.certificate)
                } catch {
                    view.problems = error.problems.map { .init(path: $0.path, message: $0.message, advice: $0.advice) }
                }
            }
        } catch {
            view.draft.fail(error)
        }
        return view
    }

    /// The blank page, as PNG.
    ///
    /// - Throws: ``BlankettError`` `not-found`.
    public func page(_ number: Int, of id: UUIDv7) throws -> [UInt8] {
        _ = try drafts[id]
        guard (1...Self.mostPages).contains(number), let bytes = try drafts.packaged("page-\(number).png", of: id)
        else { throw BlankettError("not-found", exit: .badInput, "There is no such page.") }
        return bytes
    }

    /// Scanned pages that a form can be taught from or tried with.
    public func pagesAtHand() async throws -> [PageAtHand] { try await station.pagesAtHand() }

    private func schema(of id: UUIDv7) throws -> JSONValue? {
        try drafts.packaged(Self.schemaName, of: id).flatMap { try? JSONCoding.decode(from: $0) }
    }

    private static let schemaName = "output.schema.json"

    // MARK: - Beginning and ending

    /// Begins a draft; the read-worker looks at the blank afterwards.
    ///
    /// - Throws: ``BlankettError``: `no-blank`, `upload-too-large`, `too-many-drafts`, `bad-id`, `not-found`.
    public func begin(_ wish: DraftWish) async throws -> UUIDv7 {
        guard drafts.all.count < Self.mostDrafts else {
            throw BlankettError(
                "too-many-drafts", exit: .badInput, "There are too many drafts.", advice: "Remove some of them.")
        }
        let from = wish.from
        if let from, await forms.package(from) == nil {
            throw BlankettError("not-found", exit: .badInput, "\(from) is not in force.")
        }
        var sources = (wish.files ?? []).map { [UInt8]($0.content) }
        for page in (wish.pages ?? []).prefix(Self.mostPages) {
            sources.append(try await station.image(ofPage: page, for: "page-taken-as-blank"))
        }
        guard !sources.isEmpty, sources.allSatisfy({ !$0.isEmpty }), sources.count <= Self.mostPages else {
            throw BlankettError(
                "no-blank", exit: .badInput, "There is no blank sheet.", advice: "Choose a file or a page.")
        }
        try Self.checkSize(sources)
        let fileName = wish.files?.first.map { URL(filePath: $0.name).deletingPathExtension().lastPathComponent }
        let name = (wish.name ?? "").prefix(200).trimmingCharacters(in: .whitespacesAndNewlines)
        let id: String
        if let from {
            id = from.id
        } else if let wished = wish.id, !wished.isEmpty {
            id = wished
        } else {
            id = await freeID(like: FieldNames.slug(name.isEmpty ? fileName ?? "" : name, longest: 60))
        }
        guard id.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,63}/) != nil else {
            throw BlankettError(
                "bad-id", exit: .badInput, "This cannot be a form's id.", advice: "Use a-z, digits and -.")
        }
        let draft = Draft(
            formID: id, name: name, sources: sources.count, from: from, by: Acting.person, at: Date())
        try drafts.makeReady()
        try drafts.create(draft, sources: sources)
        try await station.note("form-draft-begun", of: draft.id.description)
        jobs.continuation.yield(.propose(draft.id))
        return draft.id
    }

    private static func checkSize(_ sources: [[UInt8]]) throws {
        guard sources.reduce(0, { $0 + $1.count }) <= largestUpload else {
            throw BlankettError(
                "upload-too-large", exit: .badInput, "This is more than is taken at once.",
                advice: "At most \(largestUpload >> 20) MiB.")
        }
    }

    private func freeID(like wished: String) async -> String {
        let base = wished.isEmpty ? "blankett" : wished
        var id = base
        var number = 2
        while await forms.latest(of: id) > 0 {
            id = "\(base)-\(number)"
            number += 1
        }
        return id
    }

    /// Removes a draft.
    ///
    /// - Throws: ``BlankettError`` `not-found`.
    public func remove(_ id: UUIDv7) async throws {
        _ = try drafts.shown(id)
        stopCertifying(id)
        try await station.note("form-draft-removed", of: id.description)
        forget(id)
    }

    private func forget(_ id: UUIDv7) {
        drafts.remove(id)
        failures[id] = nil
        standings[id] = nil
        station.changes.ring()
    }

    private func propose(_ id: UUIDv7) async {
        guard var draft = try? drafts[id], draft.stage == .proposing else { return }
        do {
            let sources = try (1...draft.sources).map { try drafts.source($0, of: id) }
            let old = if let from = draft.from { await forms.package(from) } else { FormPackage?.none }
            let proposed = try await blanks.propose(
                sources, id: draft.formID, name: draft.name, mostPages: Self.mostPages)
            for (index, page) in proposed.pages.enumerated() {
                try drafts.writePackaged([UInt8](page), as: "page-\(index + 1).png", of: id)
            }
            try drafts.write(proposed.form, of: id)
            if let old {
                let carried = try await drafts.withPackage(of: id) { try await blanks.carry(from: old.folder, to: $0) }
                try await take(carried, of: old, into: id)
                draft.changes = carried.changes
            }
            draft.stage = .ready
        } catch {
            draft.fail(error)
            station.log.log(.warning, "blank-not-used", .error(error))
        }
        // Somebody may have removed it meanwhile.
        guard drafts.contains(id) else { return drafts.remove(id) }
        draft.changedAt = Date()
        draft.revision += 1
        try? drafts.save(draft)
        if draft.stage == .ready { drafts.removeSources(of: draft) }
    }

    /// Makes a draft the next version of a form in force, with the files that it names.
    private func take(_ carried: CarriedForm, of old: FormPackage, into id: UUIDv7) async throws {
        var form = carried.form
        let next = await forms.latest(of: old.template.id) + 1
        _ = form.set(.number(Double(next)), at: JSONPointer(tokens: ["version"]))
        for name in old.template.fields.compactMap(\.list) + [old.template.output?.schema].compactMap({ $0 }) {
            let bytes = try Data(contentsOf: old.folder.appending(path: name))
            // Here the schema has one name.
            let isSchema = name == old.template.output?.schema
            try drafts.writePackaged([UInt8](bytes), as: isSchema ? Self.schemaName : name, of: id)
            if isSchema { _ = form.set(.string(Self.schemaName), at: JSONPointer(tokens: ["output", "schema"])) }
        }
        try drafts.write(form, of: id)
    }

    // MARK: - Working on it

    /// Takes a changed form.
    ///
    /// - Parameters:
    ///   - form: As in the file of a form package; its pages stay as they are.
    ///   - schema: The JSON Schema of what the form gives; `nil` leaves the one that is there, `null` removes it.
    ///   - revision: The one that was changed.
    ///   - id: Of the draft.
    /// - Returns: The draft then, with what is wrong with it.
    /// - Throws: ``BlankettError`` `draft-changed` when somebody else has changed it meanwhile; `bad-form`.
    public func save(_ form: JSONValue, schema: JSONValue?, revision: Int, of id: UUIDv7) async throws -> DraftView {
        var draft = try drafts[id]
        guard draft.stage == .ready, draft.revision == revision else {
            throw BlankettError("draft-changed", exit: .badInput, "Somebody else has changed the draft.")
        }
        guard var members = form.objectValue, let fields = members["fields"]?.arrayValue, fields.count <= 2000 else {
            throw BlankettError("bad-form", exit: .badInput, "This is no form.")
        }
        if let schema {
            if schema == .null {
                drafts.removePackaged(Self.schemaName, of: id)
            } else {
                let bytes = try JSONCoding.encode(schema)
                guard schema.objectValue != nil, bytes.count <= 1 << 20 else {
                    throw BlankettError("bad-schema", exit: .badInput, "This is no JSON Schema.")
                }
                try drafts.writePackaged(bytes, as: Self.schemaName, of: id)
            }
        }
        let known = try drafts.form(of: id)
        members["format"] = known["format"]
        members["pages"] = known["pages"]
        var output = members["output"]?.objectValue ?? [:]
        output["schema"] = try self.schema(of: id) == nil ? nil : .string(Self.schemaName)
        members["output"] = output.isEmpty ? nil : .object(output)
        let bytes = try JSONCoding.encode(JSONValue.object(members))
        guard bytes.count <= Self.largestForm else {
            throw BlankettError("bad-form", exit: .badInput, "The form is too large.")
        }
        try drafts.write(.object(members), of: id)
        draft.revision += 1
        draft.changedAt = Date()
        try drafts.save(draft)
        station.changes.ring()
        return try await view(id)
    }

    /// Reads a filled copy with the form as it is now.
    ///
    /// - Parameters:
    ///   - files: Whole files; they are not kept.
    ///   - pages: Scanned pages; that they were taken is written down.
    ///   - id: Of the draft.
    /// - Returns: What was read, and why.
    /// - Throws: ``BlankettError`` `form-not-usable`, `not-now` while another trial runs.
    public func attempt(_ files: [TeachingFile], pages: [UUIDv7], with id: UUIDv7) async throws -> TrialView {
        guard !isTrying else { throw BlankettError.notNow }
        isTrying = true
        defer { isTrying = false }
        var form = try readyForm(of: id)
        // It says nothing of the case system: that may still be missing in a trial.
        form["output"] = nil
        var sources = files.map { [UInt8]($0.content) }
        for page in pages.prefix(Self.mostPages) {
            sources.append(try await station.image(ofPage: page, for: "page-taken-for-trial"))
        }
        guard !sources.isEmpty, sources.count <= Self.mostPages else {
            throw BlankettError("no-pages", exit: .badInput, "There is no page.", advice: "Choose a file or a page.")
        }
        try Self.checkSize(sources)
        return try await drafts.withPackage(of: id) { folder in
            try Data(JSONCoding.encode(JSONValue.object(form)))
                .write(to: folder.appending(path: FormPackage.templateName))
            guard let package = try? FormPackage.load(folder) else { throw Self.notUsable }
            return try await read(sources, with: package)
        }
    }

    private func read(_ sources: [[UInt8]], with package: FormPackage) async throws -> TrialView {
        let worker = ReadWorker(
            ReadWorker.Configuration(
                program: worker, forms: [package.folder.path(percentEncoded: false)], models: models,
                environment: ReadWorkerEnvironment.withoutCache))
        defer { Task { await worker.stop() } }
        var read: [ReadPage] = []
        for (index, bytes) in sources.enumerated() {
            read += try await worker.read(
                bytes, source: "page-\(index + 1)", options: ReadOptions(form: package.template.id, preview: true))
            guard read.count <= Self.mostPages else {
                throw BlankettError("too-many-pages", exit: .badInput, "There are too many pages.")
            }
        }
        return TrialView(
            pages: read.map { .init(result: $0.result, picture: $0.preview.map { Data($0) }) },
            documents: DocumentAssembler.assemble(read.map(\.result), templates: [package.template]))
    }

    private func readyForm(of id: UUIDv7) throws -> [String: JSONValue] {
        guard try drafts[id].stage == .ready, let form = try drafts.form(of: id).objectValue else {
            throw BlankettError.notNow
        }
        return form
    }

    private static let notUsable = BlankettError(
        "form-not-usable", exit: .badInput, "The form cannot be used as it is.", advice: "Mend what is marked first.")

    /// The draft's package in a folder, when it could go into force.
    private static func usable(_ folder: URL) throws -> FormPackage {
        guard let package = try? FormPackage.load(folder) else { throw notUsable }
        return package
    }

    private func requireReady(_ id: UUIDv7) throws {
        guard try drafts[id].stage == .ready else { throw Self.notUsable }
    }

    /// Finds what is printed like one field, on every page of the blank.
    ///
    /// - Parameters:
    ///   - wish: The field as it is on the screen, which may not be saved yet.
    ///   - id: Of the draft.
    /// - Returns: The places, that of the field among them; none where nothing is printed around it.
    /// - Throws: ``BlankettError`` `not-found`, `not-now` while the blank is looked at, `bad-place`.
    public func places(alike wish: AlikeWish, of id: UUIDv7) async throws -> [AlikePlace] {
        let form = try readyForm(of: id)
        guard wish.isSound, (1...max(1, form["pages"]?.arrayValue?.count ?? 0)).contains(wish.page) else {
            throw BlankettError("bad-place", exit: .badInput, "There is no such place on the blank.")
        }
        return try await drafts.withPackage(of: id) { try await blanks.places(alike: wish, in: $0) }
    }

    // MARK: - Proving it

    /// Has the form proved with filled copies, after those that were asked for before.
    ///
    /// - Throws: ``BlankettError`` `form-not-usable`, `not-now` while it is proved already.
    public func certify(_ id: UUIDv7, copies: Int) throws {
        try requireReady(id)
        _ = try drafts.withPackage(of: id) { try Self.usable($0) }
        guard certifying[id] == nil else { throw BlankettError.notNow }
        let copies = min(max(copies, 1), 200)
        failures[id] = nil
        certifying[id] = Certifying(progress: .init(done: 0, of: copies))
        proofs.continuation.yield(.certify(id, copies: copies))
        station.changes.ring()
    }

    /// Ends a self-test; what it has found until then is not kept.
    public func stopCertifying(_ id: UUIDv7) {
        certifying[id]?.isStopped = true
        certifying[id]?.task?.cancel()
    }

    private func prove(_ id: UUIDv7, _ copies: Int) async {
        defer { certifying[id] = nil }
        guard certifying[id]?.isStopped == false else { return }
        do {
            // What is proved stays as it is while somebody works on.
            let certificate = try await drafts.withPackage(of: id) { try await certify(inside: $0, of: id, copies) }
            guard drafts.contains(id) else { return }
            try drafts.writePackaged(
                try JSONCoding.encode(certificate, pretty: true), as: Certificate.fileName, of: id)
            standings[id] = nil
            try await station.note(
                "form-certified", of: id.description, outcome: certificate.passes ? "passed" : "below-target")
        } catch is CancellationError {
        } catch {
            failures[id] = (error as? BlankettError)?.code ?? "other"
            station.log.log(.warning, "form-not-certified", .error(error))
        }
    }

    private func certify(inside folder: URL, of id: UUIDv7, _ copies: Int) async throws -> Certificate {
        let test = SelfTest(of: try Self.usable(folder), models: models, worker: worker, niceness: 10)
        let task = Task {
            try await test.run(copies: copies, seed: 1) { done in await self.note(done, of: id) }
        }
        certifying[id]?.task = task
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func note(_ done: Int, of id: UUIDv7) {
        certifying[id]?.progress.done = done
        station.changes.ring()
    }

    // MARK: - Taking it into force

    /// Takes the form into force and ends the draft.
    ///
    /// - Parameters:
    ///   - id: Of the draft.
    ///   - revision: The one that was looked at.
    ///   - reason: Why, where the form is not proved to keep its target.
    /// - Returns: The form in force.
    /// - Throws: ``BlankettError`` `draft-changed`, `form-not-usable`, and those of ``FormDesk/take(_:reason:)``.
    public func goLive(_ id: UUIDv7, revision: Int, reason: String?) async throws -> FormDesk.View {
        guard try drafts[id].revision == revision else {
            throw BlankettError("draft-changed", exit: .badInput, "Somebody else has changed the draft.")
        }
        try requireReady(id)
        let packed = try drafts.withPackage(of: id) { folder in
            let key = try Self.usable(folder).template.key
            return try Package(packing: folder, kind: .form, id: key.id, version: key.version)
        }
        let view = try await forms.take(packed, reason: reason)
        stopCertifying(id)
        forget(id)
        return view
    }
}

extension Int {
    /// A number of a file, which may be anything.
    fileprivate init(whole number: Double?) {
        self = number.flatMap { Int(exactly: $0.rounded()) } ?? 0
    }
}
