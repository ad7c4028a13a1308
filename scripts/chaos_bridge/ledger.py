"""What the clients know: what was sent, what was promised, what was handed over."""
import collections
import threading


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        # Record id to what stands in it: the hash of its bytes, the hashes of its pages, its form.
        self.sent = {}
        self.stored = []
        self.pages = set()
        self.resent = 0
        self.refused = collections.Counter()
        self.faults = []
        # Subscription to record id to what its consumers know of it.
        self.cases = collections.defaultdict(dict)
        self.done = collections.defaultdict(dict)
        # How many acknowledged records each subscription should get.
        self.wanted = collections.Counter()
        self.received = collections.Counter()
        self.again = collections.Counter()
        self.lost_answers = 0

    def fault(self, text):
        with self.lock:
            if len(self.faults) < 50:
                self.faults.append(text)

    def note_stored(self, identity, pages, takers):
        with self.lock:
            self.stored.append(identity)
            self.pages.update(pages)
            self.wanted.update(takers)

    def backlog(self):
        """How far the slowest consumers are behind."""
        return max((self.wanted[name] - len(self.done[name]) for name in list(self.cases)), default=0)
