/* libsane-faulty.so.1: a SANE backend that does what a test tells it, above all wrong things.
 *
 * The device is the folder that the environment variable FAULTY_DIR names:
 *
 *   devices     what is plugged in, a line each: name|vendor|model|type
 *   feeder/     one PNM file (P5 or P6) for each side of paper, taken in the order of their names
 *   glass.pnm   the page on the glass
 *   scan        is there while the button is pressed; reading the option `scan` takes it away
 *   cover-open  is there while the cover is open
 *   traits      how the options look, a line each: `source A|B|C`, `mode A|B`, `adf-mode A|B`, `duplex switch`,
 *               `sensors none`, `forgets OPTION` (accepts values and keeps the old one)
 *   faults      what goes wrong, a line each: `CALL ACTION [NUMBER]`
 *   calls       written by the backend: what was called, a line each (not read and control_option)
 *   processes   written by the backend: the numbers of the processes that it runs in
 *
 * CALL is a function without its `sane_`; `#N` behind it means the Nth call in this process, `:OPTION` an option's name,
 * and `@N` after N bytes of the page. The first line that fits counts. ACTION is one of
 *
 *   crash, abort, hang, spin      as they say; hang waits without using the processor, spin uses all of it
 *   status N, sleep MILLISECONDS  answers with that status; comes late
 *   print                         writes to standard output, as some drivers do
 *   fork                          leaves a child behind that never ends, as drivers with reader processes do
 *   leak MEGABYTES, fill MEGABYTES   takes memory; writes a temporary file
 *   end, empty, endless, lie      read: the page ends here; no bytes, for ever; bytes without end; a length beyond the buffer
 *   lines N, width N, line-bytes N, depth N, format N, more     get_parameters: a wrong value; there is always one more frame
 *   none                          get_option_descriptor, get_devices: nothing; open: success without a handle
 *
 * A device is open in one process at a time, as with USB: a second one finds it busy.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sane/sane.h>
#include <sane/saneopts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

// The folder

static void place(char out[PATH_MAX], const char *name) {
  const char *folder = getenv("FAULTY_DIR");
  snprintf(out, PATH_MAX, "%s/%s", folder ? folder : ".", name);
}

static FILE *file(const char *name, const char *mode) {
  char path[PATH_MAX];
  place(path, name);
  return fopen(path, mode);
}

static int is_there(const char *name) {
  char path[PATH_MAX];
  place(path, name);
  return access(path, F_OK) == 0;
}

// The rest of the line in `traits` that begins with `key`; NULL where there is none.
static char *trait(const char *key) {
  static char line[1024];
  FILE *traits = file("traits", "r");
  char *found = NULL;
  while (traits && !found && fgets(line, sizeof line, traits)) {
    line[strcspn(line, "\n")] = 0;
    size_t length = strlen(key);
    if (!strncmp(line, key, length) && line[length] == ' ') found = line + length + 1;
  }
  if (traits) fclose(traits);
  return found;
}

// Faults

struct action {
  char word[32];
  long number;
};

enum call { INIT, GET_DEVICES, OPEN, GET_OPTION_DESCRIPTOR, CONTROL_OPTION, START, GET_PARAMETERS, READ, CANCEL, CLOSE, EXIT };
static const char *const call_names[] = {
    "init", "get_devices", "open", "get_option_descriptor", "control_option", "start", "get_parameters",
    "read", "cancel", "close", "exit",
};
static long call_counts[EXIT + 1];

static int fits(char *rule, enum call call, const char *option, long bytes) {
  long after = 0, count = 0;
  char *part;
  if ((part = strchr(rule, '@'))) {
    *part = 0;
    after = atol(part + 1);
  }
  if ((part = strchr(rule, '#'))) {
    *part = 0;
    count = atol(part + 1);
  }
  if ((part = strchr(rule, ':'))) {
    *part++ = 0;
    if (!option || strcmp(part, option)) return 0;
  }
  return !strcmp(rule, call_names[call]) && bytes >= after && (!count || count == call_counts[call]);
}

static void note_process(pid_t process) {
  FILE *processes = file("processes", "a");
  if (processes) fprintf(processes, "%d\n", process);
  if (processes) fclose(processes);
}

static void leave_child_behind(void) {
  pid_t child = fork();
  // The parent notes it: who looks when the parent has gone on finds it.
  if (child > 0) note_process(child);
  while (child == 0) pause();
}

static void leak(long megabytes) {
  for (long i = 0; i < megabytes; i += 64) {
    volatile char *memory = malloc(64 << 20);
    // As drivers do that never ask whether they got it. The rest of it is never touched, to be kind to the machine.
    *memory = 1;
  }
}

static void fill(long megabytes) {
  char path[PATH_MAX];
  const char *folder = getenv("TMPDIR");
  snprintf(path, sizeof path, "%s/page.raw", folder ? folder : "/tmp");
  int out = open(path, O_CREAT | O_WRONLY, 0600);
  // A hole takes no room on the disk, and counts.
  if (out >= 0 && pwrite(out, "", 1, (off_t)megabytes << 20) < 0) {}
  if (out >= 0) close(out);
}

// Does what can be done here; what the caller must do stands in the result, whose word is empty when all is well.
static struct action misbehave(enum call call, const char *option, long bytes) {
  struct action action = {"", 0};
  char rule[128];
  int found = 0;
  if (call != READ && call != CONTROL_OPTION && call != GET_OPTION_DESCRIPTOR) {
    FILE *calls = file("calls", "a");
    if (calls) fprintf(calls, "%s\n", call_names[call]);
    if (calls) fclose(calls);
  }
  call_counts[call]++;
  FILE *faults = file("faults", "r");
  char line[256];
  while (faults && !found && fgets(line, sizeof line, faults)) {
    action.number = 0;
    found = sscanf(line, "%127s %31s %ld", rule, action.word, &action.number) >= 2 && fits(rule, call, option, bytes);
  }
  if (faults) fclose(faults);
  if (!found) action.word[0] = 0;
  if (!strcmp(action.word, "crash")) raise(SIGSEGV);
  if (!strcmp(action.word, "abort")) abort();
  if (!strcmp(action.word, "hang"))
    for (;;) pause();
  if (!strcmp(action.word, "spin"))
    for (volatile int i = 0;; i++) {}
  if (!strcmp(action.word, "sleep")) usleep((useconds_t)action.number * 1000);
  if (!strcmp(action.word, "print")) puts("Lamp is warming up ..."), fflush(stdout);
  if (!strcmp(action.word, "fork")) leave_child_behind();
  if (!strcmp(action.word, "leak")) leak(action.number);
  if (!strcmp(action.word, "fill")) fill(action.number);
  return action;
}

static int says(struct action action, const char *word) { return !strcmp(action.word, word); }

#define MISBEHAVE(call)                                        \
  do {                                                         \
    struct action action_ = misbehave(call, NULL, 0);          \
    if (says(action_, "status")) return (SANE_Status)action_.number; \
  } while (0)

// The device

enum { COUNT, SOURCE, MODE, DEPTH, RESOLUTION, DUPLEX, ADF_MODE, TL_X, TL_Y, BR_X, BR_Y, BRIGHTNESS, LOADED, BUTTON, COVER, OPTIONS };

struct scanner {
  SANE_Option_Descriptor options[OPTIONS];
  SANE_Word numbers[OPTIONS];
  char words[OPTIONS][64];
  SANE_String_Const lists[OPTIONS][17];
  char texts[OPTIONS][512];
  int lock;
  int is_running, is_cancelled;
  unsigned char *image;
  long size, position;
  SANE_Parameters parameters;
};

static const SANE_Word resolutions[] = {6, 75, 100, 150, 200, 300, 600};
static const SANE_Range widths = {0, SANE_FIX(215.9), 0};
static const SANE_Range heights = {0, SANE_FIX(355.6), 0};
static const SANE_Range percents = {-100, 100, 1};

static void add(struct scanner *s, int index, const char *name, SANE_Value_Type type, SANE_Unit unit, SANE_Int abilities) {
  SANE_Option_Descriptor *option = &s->options[index];
  option->name = option->title = option->desc = name;
  option->type = type;
  option->unit = unit;
  option->cap = abilities;
  option->size = type == SANE_TYPE_STRING ? (SANE_Int)sizeof s->words[index] : (SANE_Int)sizeof(SANE_Word);
}

// A string option whose values stand in a trait; inactive where there is neither trait nor standard.
static void add_list(struct scanner *s, int index, const char *name, const char *key, const char *standard) {
  const char *values = trait(key);
  if (!values) values = standard;
  add(s, index, name, SANE_TYPE_STRING, SANE_UNIT_NONE, SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT);
  if (!values) s->options[index].cap |= SANE_CAP_INACTIVE, values = "-";
  snprintf(s->texts[index], sizeof s->texts[index], "%s", values);
  int count = 0;
  for (char *rest = s->texts[index], *word; count < 16 && (word = strsep(&rest, "|"));) s->lists[index][count++] = word;
  s->options[index].constraint_type = SANE_CONSTRAINT_STRING_LIST;
  s->options[index].constraint.string_list = s->lists[index];
  snprintf(s->words[index], sizeof s->words[index], "%s", s->lists[index][0]);
}

static void add_range(struct scanner *s, int index, const char *name, SANE_Value_Type type, SANE_Unit unit, const SANE_Range *range) {
  add(s, index, name, type, unit, SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT);
  s->options[index].constraint_type = SANE_CONSTRAINT_RANGE;
  s->options[index].constraint.range = range;
}

static void add_options(struct scanner *s) {
  const SANE_Int settable = SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT;
  SANE_Int sensor = SANE_CAP_SOFT_DETECT | SANE_CAP_HARD_SELECT;
  if (trait("sensors")) sensor |= SANE_CAP_INACTIVE;
  add(s, COUNT, "", SANE_TYPE_INT, SANE_UNIT_NONE, SANE_CAP_SOFT_DETECT);
  s->numbers[COUNT] = OPTIONS;
  add_list(s, SOURCE, SANE_NAME_SCAN_SOURCE, "source", "Flatbed|ADF|ADF Duplex");
  add_list(s, MODE, SANE_NAME_SCAN_MODE, "mode", "Lineart|Gray|Color");
  add(s, DEPTH, SANE_NAME_BIT_DEPTH, SANE_TYPE_INT, SANE_UNIT_BIT, SANE_CAP_SOFT_DETECT);
  s->numbers[DEPTH] = 8;
  add(s, RESOLUTION, SANE_NAME_SCAN_RESOLUTION, SANE_TYPE_INT, SANE_UNIT_DPI, settable);
  s->options[RESOLUTION].constraint_type = SANE_CONSTRAINT_WORD_LIST;
  s->options[RESOLUTION].constraint.word_list = resolutions;
  s->numbers[RESOLUTION] = 75;
  add(s, DUPLEX, "duplex", SANE_TYPE_BOOL, SANE_UNIT_NONE, trait("duplex") ? settable : settable | SANE_CAP_INACTIVE);
  // On, as the last user left it.
  s->numbers[DUPLEX] = SANE_TRUE;
  add_list(s, ADF_MODE, "adf-mode", "adf-mode", NULL);
  add_range(s, TL_X, SANE_NAME_SCAN_TL_X, SANE_TYPE_FIXED, SANE_UNIT_MM, &widths);
  add_range(s, TL_Y, SANE_NAME_SCAN_TL_Y, SANE_TYPE_FIXED, SANE_UNIT_MM, &heights);
  add_range(s, BR_X, SANE_NAME_SCAN_BR_X, SANE_TYPE_FIXED, SANE_UNIT_MM, &widths);
  add_range(s, BR_Y, SANE_NAME_SCAN_BR_Y, SANE_TYPE_FIXED, SANE_UNIT_MM, &heights);
  s->numbers[BR_X] = widths.max;
  s->numbers[BR_Y] = heights.max;
  add_range(s, BRIGHTNESS, SANE_NAME_BRIGHTNESS, SANE_TYPE_INT, SANE_UNIT_PERCENT, &percents);
  add(s, LOADED, SANE_NAME_PAGE_LOADED, SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor);
  add(s, BUTTON, SANE_NAME_SCAN, SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor);
  add(s, COVER, SANE_NAME_COVER_OPEN, SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor);
}

// The first file of the feeder by name, relative to the folder.
static int first_side(char out[PATH_MAX]) {
  char path[PATH_MAX], best[256] = "";
  place(path, "feeder");
  DIR *folder = opendir(path);
  struct dirent *entry;
  while (folder && (entry = readdir(folder)))
    if (entry->d_name[0] != '.' && (!*best || strcmp(entry->d_name, best) < 0)) snprintf(best, sizeof best, "%s", entry->d_name);
  if (folder) closedir(folder);
  if (*best) snprintf(out, PATH_MAX, "feeder/%s", best);
  return *best != 0;
}

// Takes a side in as it lies there, in grey or colour as the mode says.
static SANE_Status pull(struct scanner *s, const char *name, int takes) {
  char magic[3] = "";
  int width = 0, height = 0, levels = 0;
  FILE *in = file(name, "rb");
  if (!in) return SANE_STATUS_NO_DOCS;
  if (fscanf(in, "%2s %d %d %d", magic, &width, &height, &levels) != 4 || fgetc(in) == EOF) {
    fclose(in);
    return SANE_STATUS_IO_ERROR;
  }
  int had = magic[1] == '6' ? 3 : 1, has = strcasestr(s->words[MODE], "col") ? 3 : 1;
  free(s->image);
  s->size = (long)width * height * has;
  s->image = malloc((size_t)s->size + 1);
  for (long i = 0; s->image && i < (long)width * height; i++) {
    unsigned char pixel[3];
    if (fread(pixel, 1, (size_t)had, in) != (size_t)had) break;
    if (had == 1) pixel[1] = pixel[2] = pixel[0];
    if (has == 3)
      memcpy(s->image + i * 3, pixel, 3);
    else
      s->image[i] = (unsigned char)((pixel[0] * 30 + pixel[1] * 59 + pixel[2] * 11) / 100);
  }
  fclose(in);
  if (!s->image) return SANE_STATUS_NO_MEM;
  if (takes) {
    char path[PATH_MAX];
    place(path, name);
    unlink(path);
  }
  s->position = 0;
  s->parameters = (SANE_Parameters){has == 3 ? SANE_FRAME_RGB : SANE_FRAME_GRAY, SANE_TRUE, width * has, width, height, 8};
  return SANE_STATUS_GOOD;
}

// What SANE calls

SANE_Status sane_faulty_init(SANE_Int *version, SANE_Auth_Callback authorize) {
  (void)authorize;
  if (version) *version = SANE_VERSION_CODE(1, 0, 0);
  note_process(getpid());
  MISBEHAVE(INIT);
  return SANE_STATUS_GOOD;
}

void sane_faulty_exit(void) { misbehave(EXIT, NULL, 0); }

static int find(const SANE_Device **list, SANE_Device devices[8]) {
  static char lines[8][256];
  int count = 0;
  FILE *in = file("devices", "r");
  while (in && count < 8 && fgets(lines[count], sizeof lines[count], in)) {
    char *rest = lines[count];
    rest[strcspn(rest, "\n")] = 0;
    const char *parts[4] = {"", "", "", ""};
    for (int i = 0; i < 4 && rest; i++) parts[i] = strsep(&rest, "|");
    devices[count] = (SANE_Device){parts[0], parts[1], parts[2], parts[3]};
    list[count] = &devices[count];
    count++;
  }
  if (in) fclose(in);
  list[count] = NULL;
  return count;
}

SANE_Status sane_faulty_get_devices(const SANE_Device ***out, SANE_Bool local_only) {
  static SANE_Device devices[8];
  static const SANE_Device *list[9];
  (void)local_only;
  struct action action = misbehave(GET_DEVICES, NULL, 0);
  if (says(action, "status")) return (SANE_Status)action.number;
  find(list, devices);
  *out = says(action, "none") ? NULL : list;
  return SANE_STATUS_GOOD;
}

SANE_Status sane_faulty_open(SANE_String_Const name, SANE_Handle *out) {
  struct action action = misbehave(OPEN, NULL, 0);
  if (says(action, "status")) return (SANE_Status)action.number;
  if (says(action, "none")) {
    *out = NULL;
    return SANE_STATUS_GOOD;
  }
  const SANE_Device *list[9];
  SANE_Device devices[8];
  int is_plugged = 0;
  for (int count = find(list, devices), i = 0; i < count; i++) is_plugged |= !*name || !strcmp(name, list[i]->name);
  if (!is_plugged) return SANE_STATUS_INVAL;

  char path[PATH_MAX];
  place(path, "in-use");
  int lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB)) {
    if (lock >= 0) close(lock);
    return SANE_STATUS_DEVICE_BUSY;
  }
  struct scanner *s = calloc(1, sizeof *s);
  if (!s) return SANE_STATUS_NO_MEM;
  s->lock = lock;
  add_options(s);
  *out = s;
  return SANE_STATUS_GOOD;
}

void sane_faulty_close(SANE_Handle handle) {
  struct scanner *s = handle;
  misbehave(CLOSE, NULL, 0);
  close(s->lock);
  free(s->image);
  free(s);
}

const SANE_Option_Descriptor *sane_faulty_get_option_descriptor(SANE_Handle handle, SANE_Int index) {
  struct scanner *s = handle;
  if (index < 0 || index >= OPTIONS) return NULL;
  return says(misbehave(GET_OPTION_DESCRIPTOR, s->options[index].name, 0), "none") ? NULL : &s->options[index];
}

static void tell(struct scanner *s, SANE_Int index, void *value) {
  char path[PATH_MAX];
  SANE_Word *word = value;
  switch (index) {
    case LOADED: *word = first_side(path); break;
    case COVER: *word = is_there("cover-open"); break;
    case BUTTON:
      place(path, "scan");
      *word = unlink(path) == 0;
      break;
    default:
      if (s->options[index].type == SANE_TYPE_STRING)
        strcpy(value, s->words[index]);
      else
        *word = s->numbers[index];
  }
}

SANE_Status sane_faulty_control_option(SANE_Handle handle, SANE_Int index, SANE_Action what, void *value, SANE_Int *info) {
  struct scanner *s = handle;
  if (info) *info = 0;
  if (index < 0 || index >= OPTIONS) return SANE_STATUS_INVAL;
  const SANE_Option_Descriptor *option = &s->options[index];
  struct action action = misbehave(CONTROL_OPTION, option->name, 0);
  if (says(action, "status")) return (SANE_Status)action.number;
  if (!SANE_OPTION_IS_ACTIVE(option->cap)) return SANE_STATUS_INVAL;
  if (what == SANE_ACTION_GET_VALUE) {
    tell(s, index, value);
    return SANE_STATUS_GOOD;
  }
  if (what != SANE_ACTION_SET_VALUE || !SANE_OPTION_IS_SETTABLE(option->cap)) return SANE_STATUS_INVAL;
  const char *forgotten = trait("forgets");
  int forgets = forgotten && !strcmp(forgotten, option->name);
  if (option->type == SANE_TYPE_STRING) {
    int i = 0;
    while (s->lists[index][i] && strcmp(s->lists[index][i], value)) i++;
    if (!s->lists[index][i]) return SANE_STATUS_INVAL;
    if (!forgets) snprintf(s->words[index], sizeof s->words[index], "%s", s->lists[index][i]);
  } else if (!forgets) {
    s->numbers[index] = *(SANE_Word *)value;
  }
  if (info) *info = SANE_INFO_RELOAD_OPTIONS | SANE_INFO_RELOAD_PARAMS;
  return SANE_STATUS_GOOD;
}

SANE_Status sane_faulty_start(SANE_Handle handle) {
  struct scanner *s = handle;
  char name[PATH_MAX] = "glass.pnm";
  MISBEHAVE(START);
  static const char *const glass[] = {"fl", "fb", "normal", "document table"};
  int feeds = strcmp(s->words[SOURCE], "-") != 0;
  for (size_t i = 0; i < sizeof glass / sizeof *glass; i++) feeds &= strncasecmp(s->words[SOURCE], glass[i], strlen(glass[i])) != 0;
  s->is_cancelled = 0;
  if (feeds && is_there("cover-open")) return SANE_STATUS_COVER_OPEN;
  if (feeds && !first_side(name)) return SANE_STATUS_NO_DOCS;
  SANE_Status status = pull(s, name, feeds);
  s->is_running = status == SANE_STATUS_GOOD;
  return status;
}

SANE_Status sane_faulty_get_parameters(SANE_Handle handle, SANE_Parameters *out) {
  struct scanner *s = handle;
  struct action action = misbehave(GET_PARAMETERS, NULL, 0);
  if (says(action, "status")) return (SANE_Status)action.number;
  *out = s->parameters;
  int number = (int)action.number;
  if (says(action, "lines")) out->lines = number;
  if (says(action, "width")) out->pixels_per_line = number;
  if (says(action, "line-bytes")) out->bytes_per_line = number;
  if (says(action, "depth")) out->depth = number;
  if (says(action, "format")) out->format = (SANE_Frame)number;
  if (says(action, "more")) out->last_frame = SANE_FALSE;
  return SANE_STATUS_GOOD;
}

SANE_Status sane_faulty_read(SANE_Handle handle, SANE_Byte *buffer, SANE_Int size, SANE_Int *length) {
  struct scanner *s = handle;
  *length = 0;
  if (s->is_cancelled) return SANE_STATUS_CANCELLED;
  if (!s->is_running) return SANE_STATUS_INVAL;
  struct action action = misbehave(READ, NULL, s->position);
  if (says(action, "status")) return (SANE_Status)action.number;
  if (says(action, "empty")) {
    usleep(1000);
    return SANE_STATUS_GOOD;
  }
  if (says(action, "lie")) {
    *length = action.number ? (SANE_Int)action.number : size + 4096;
    return SANE_STATUS_GOOD;
  }
  if (says(action, "endless")) {
    memset(buffer, 0x55, (size_t)size);
    *length = size;
    return SANE_STATUS_GOOD;
  }
  long left = s->size - s->position;
  if (left <= 0 || says(action, "end")) {
    s->is_running = 0;
    return SANE_STATUS_EOF;
  }
  *length = (SANE_Int)(left < size ? left : size);
  memcpy(buffer, s->image + s->position, (size_t)*length);
  s->position += *length;
  return SANE_STATUS_GOOD;
}

void sane_faulty_cancel(SANE_Handle handle) {
  struct scanner *s = handle;
  misbehave(CANCEL, NULL, 0);
  s->is_cancelled = s->is_running;
  s->is_running = 0;
}

SANE_Status sane_faulty_set_io_mode(SANE_Handle handle, SANE_Bool non_blocking) {
  (void)handle;
  return non_blocking ? SANE_STATUS_UNSUPPORTED : SANE_STATUS_GOOD;
}

SANE_Status sane_faulty_get_select_fd(SANE_Handle handle, SANE_Int *descriptor) {
  (void)handle;
  (void)descriptor;
  return SANE_STATUS_UNSUPPORTED;
}
