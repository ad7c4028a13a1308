"""Reads what strace wrote, and judges whether anything was promised before it was on the disk."""
import bisect
import re

# The calls by which a request comes, an answer goes, and bytes get to the disk.
CALLS = "recvfrom,sendto,sendmsg,writev,pwrite64,write,fdatasync,fsync,rename,renameat,renameat2"

LINE = re.compile(r"^(\d+)\s+(.*)$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
RESULT = re.compile(r"\)\s+= (-?\d+|\?)(.*)$")
REQUEST = re.compile(r'"(GET|HEAD|PUT|POST) (/\S*) H?')
ANSWER = re.compile(r'"HTTP/1\.1 (\d\d\d)')
# -y writes a descriptor as 9</path>.
FILE = re.compile(r"^\w+\(\d+<([^>]*)>")


class Call:
    """One system call: between which lines of the trace it ran, on what, and how it ended."""

    def __init__(self, thread, name, text, begin):
        self.thread, self.name, self.text, self.begin = thread, name, text, begin
        self.end, self.result = None, None

    def finish(self, text, end):
        self.text += text
        self.end = end
        found = RESULT.search(self.text)
        self.result = int(found[1]) if found and found[1] != "?" else None
        self.injected = bool(found) and "INJECTED" in found[2]

    @property
    def file(self):
        found = FILE.match(self.text)
        return found[1] if found else ""

    @property
    def is_good(self):
        return self.result is not None and self.result >= 0


def read(lines):
    """The calls that ended, in the order in which they began."""
    calls, running = [], {}
    for number, line in enumerate(lines):
        found = LINE.match(line)
        if not found:
            continue
        thread, text = found.groups()
        resumed = RESUMED.match(text)
        if resumed:
            call = running.pop(thread, None)
            if call:
                call.finish(resumed[2], number)
            continue
        name = re.match(r"(\w+)\(", text)
        if not name:
            continue
        call = Call(thread, name[1], text.replace("<unfinished ...>", ""), number)
        calls.append(call)
        if text.rstrip().endswith("<unfinished ...>"):
            running[thread] = call
        else:
            call.finish("", number)
    return [call for call in calls if call.end is not None]


class Exchange:
    """A request, from its last byte that came to the first of its answer."""

    def __init__(self, method, path, begin):
        self.method, self.path, self.begin = method, path, begin
        self.status, self.end = None, None
        # A claim that found nothing leases nothing.
        self.is_empty = False

    @property
    def promises(self):
        """Whether its answer says that something is stored."""
        if self.status not in (200, 201) or self.is_empty:
            return False
        return (self.method == "PUT" and self.status == 201) or self.path.endswith(("/claims", "/acknowledgements"))


def exchanges(calls):
    """Requests with their answers; a connection carries one after the other."""
    found, open_ones = [], {}
    for call in calls:
        if call.name == "recvfrom" and call.is_good and (request := REQUEST.search(call.text)):
            one = Exchange(request[1], request[2], call.end)
            open_ones[call.file] = one
            found.append(one)
        elif call.name in ("sendto", "sendmsg", "writev") and (answer := ANSWER.search(call.text)):
            if answer[1] != "100" and (one := open_ones.pop(call.file, None)):
                one.status, one.end = int(answer[1]), call.begin
                one.is_empty = r'{\"items\":[]}' in call.text
    return [one for one in found if one.status]


def violations(calls, alone):
    """What was promised without being on the disk.

    `alone`: requests came one after the other, so that each write in between belongs to the one in work.
    """
    found = []
    for one in exchanges(calls):
        if not one.promises:
            continue
        within = [call for call in calls if call.begin > one.begin and call.end < one.end]
        why = _blob(within, alone) if one.path.startswith("/v1/blobs/") else _commit(within, alone)
        if why:
            found.append(f"{one.method} {one.path}: {one.status}, but {why}")
    return found


def _commit(within, alone):
    log = [call for call in within if call.file.endswith("bridge.db-wal")]
    writes = [call for call in log if call.name == "pwrite64" and call.is_good]
    syncs = [call for call in log if call.name in ("fdatasync", "fsync") and call.result == 0]
    if not writes:
        return "nothing was written"
    # In a group the first of the writes may be another's; alone, all of them are this one's.
    last = writes[-1] if alone else writes[0]
    if not any(sync.begin > last.end for sync in syncs):
        return "what was written was not synced"
    if alone and any(call.name == "pwrite64" and not call.is_good for call in log):
        return "a write had failed"
    return None


# A page image lies under a name of chance, and a row of the database says where.
BLOB = re.compile(r"/blobs/[0-9a-f]{2}/([0-9a-f]{32})$")


def _blob(within, alone):
    names = {match.group(1) for call in within if call.name == "write" and (match := BLOB.search(call.file))}
    steps = [_blob_file(name, within) for name in names]
    if 3 not in steps:
        return ["nothing was written", "its file was not synced", "its folder was not synced"][max(steps, default=0)]
    return _commit(within, alone)


def _blob_file(name, within):
    """How far the writing of one file came: written, synced, and a sync of its folder that began after that."""
    step, synced = 0, None
    for call in within:
        if step == 0 and call.name == "write" and name in call.file and call.is_good:
            step = 1
        elif step == 1 and call.name == "fsync" and name in call.file and call.result == 0:
            step, synced = 2, call.end
        elif step == 2 and call.name == "fsync" and call.file.endswith(f"/blobs/{name[:2]}") and call.result == 0:
            if call.begin > synced:
                step = 3
    return step


def spoiled(lines):
    """The same trace as if each answer had gone before the sync that it waited for: what an oracle must not let pass."""
    def places(pattern):
        return [number for number, line in enumerate(lines) if "bridge.db-wal" in line and re.search(pattern, line)]

    def first(numbers, after):
        place = bisect.bisect_right(numbers, after)
        return numbers[place] if place < len(numbers) else len(lines)

    writes, syncs, came, order = places(r" pwrite64\("), places(r" (fdatasync|fsync)\("), {}, []
    for number, line in enumerate(lines):
        place = (number, 1)
        connection = (found := LINE.match(line)) and FILE.match(found[2])
        if connection and " recvfrom(" in line:
            came[connection[1]] = number
        elif connection and ANSWER.search(line) and connection[1] in came:
            place = (min(number, first(syncs, first(writes, came[connection[1]]))), 0)
        order.append((place, number))
    return [lines[number] for _, number in sorted(order)]
