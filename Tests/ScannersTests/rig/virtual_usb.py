"""USB devices in software, as seen from their wire.

A multifunction printer has three IPP-over-USB interfaces (class 7/1/4), whose bytes go to and from an HTTP server, and one
vendor interface with an interrupt endpoint for a scan button. A classic scanner has a vendor interface only; a feeder
scanner is one whose driver gets answers.

    control(...) -> bytes (IN data), b"" (OUT accepted) or None (stall)
    out(endpoint, data) -> number of bytes taken, or None (stall)
    inp(endpoint, length) -> bytes, or None (NAK: nothing to send now)
"""
import collections
import socket
import struct

BUTTON = 0x85


class VirtualUSB:
    """What every device has: descriptors, strings, standard requests."""

    release = 0x0100

    def __init__(self, vendor, product, strings):
        self.vendor, self.product, self.strings = vendor, product, strings
        self.alternate, self.unplugged = {}, False

    @staticmethod
    def interface(number, endpoints, kind):
        return struct.pack("<BBBBBBBBB", 9, 4, number, 0, len(endpoints), *kind, 0) + b"".join(endpoints)

    @staticmethod
    def endpoint(address, transfer, size, interval=0):
        return struct.pack("<BBBBHB", 7, 5, address, transfer, size, interval)

    def interfaces(self):
        raise NotImplementedError

    def device_descriptor(self):
        return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, self.vendor, self.product, self.release,
                           *(index if index in self.strings else 0 for index in (1, 2, 3)), 1)

    def configuration_descriptor(self):
        all = self.interfaces()
        body = b"".join(all)
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(all), 1, 0, 0xC0, 1) + body

    def descriptors(self):
        return self.device_descriptor() + self.configuration_descriptor()

    def string(self, index):
        if index == 0:
            return struct.pack("<BBH", 4, 3, 0x0409)
        text = self.strings.get(index)
        return None if text is None else bytes([2 + 2 * len(text), 3]) + text.encode("utf-16-le")

    def descriptor(self, kind, index):
        if kind == 6:  # device qualifier
            return struct.pack("<BBHBBBBBB", 10, 6, 0x0200, 0, 0, 0, 64, 1, 0)
        made = {1: self.device_descriptor, 2: self.configuration_descriptor, 3: lambda: self.string(index)}.get(kind)
        return made() if made else None

    def control(self, kind, request, value, index, length, data=b""):
        if (kind, request) == (0x80, 6):
            found = self.descriptor(value >> 8, value & 255)
            return found and found[:length]
        if (kind, request) == (0x80, 0):
            return b"\1\0"[:length]
        if (kind, request) == (0x80, 8):
            return b"\1"[:length]
        if (kind, request) == (0x81, 10):
            return bytes([self.alternate.get(index, 0)])
        if kind in (0, 1, 2) and request in (1, 3, 5, 9, 11):
            if request == 11:
                self.alternate[index] = value
            return b""
        return None

    def out(self, endpoint, data):
        return None

    def inp(self, endpoint, length):
        return None


class ClassicScanner(VirtualUSB):
    """Speaks a protocol of its maker, which only a SANE driver would know: here it is silent."""

    def interfaces(self):
        ends = [self.endpoint(0x81, 2, 512), self.endpoint(0x02, 2, 512)]
        return [self.interface(0, ends, (0xFF, 0xFF, 0xFF))]

    def out(self, endpoint, data):
        return len(data)


class FeederScanner(ClassicScanner):
    """Speaks as much of Fujitsu's fi protocol as their SANE driver wants to open it and to read its sensors.

    A command is 31 bytes that begin with 43h, with a SCSI block at 13h; data may follow, and 13 bytes of status end it.
    """

    def __init__(self, vendor, product, strings):
        super().__init__(vendor, product, strings)
        self.answers, self.is_pressed, self.has_paper = collections.deque(), False, False
        self.readings = 0

    def out(self, endpoint, data):
        if len(data) == 31 and data[0] == 0x43:
            answer = self.command(data[19:])
            if answer:
                self.answers.append(answer)
            # "Check condition" with what is not known; asked why, "illegal request".
            self.answers.append(bytes(9) + bytes([2 if answer is None else 0]) + bytes(3))
        return len(data)

    def inp(self, endpoint, length):
        return self.answers.popleft()[:length] if self.answers else None

    def command(self, block):
        """block: a SCSI command; gives its data, or None where it is not known."""
        if block[0] in (0x00, 0x24):  # TEST UNIT READY; SET WINDOW, whatever it says
            return b""
        if block[0] == 0x03:  # REQUEST SENSE
            return self.data({0: 0x70, 2: 5, 7: 10, 12: 0x20}, block[4])
        if block[0] == 0x12:  # INQUIRY
            return self.data(self.abilities() if block[1] & 1 else self.identity(), block[4])
        if block[0] == 0xC2:  # GET HARDWARE STATUS
            self.readings += 1
            button, self.is_pressed = self.is_pressed, False
            return self.data({3: 0 if self.has_paper else 0x80, 4: int(button)}, block[7] << 8 | block[8])
        return None

    def identity(self):
        text = f"{self.strings[1].upper():8.8}{self.strings[2]:16.16}1.00"
        return {0: 6, 4: 91, **dict(enumerate(text.encode(), 8))}

    def abilities(self):
        """Vital product data, page F0h: a feeder for both sides, 50 to 600 dpi, A4, and sensors that can be read."""
        numbers = {5: (300, 2), 7: (300, 2), 10: (600, 2), 12: (600, 2), 14: (50, 2), 16: (50, 2), 0x14: (10200, 4),
                   0x18: (16800, 4), 0x22: (1 << 20, 4)}
        layout = {0: 6, 1: 0xF0, 4: 0x5F, 9: 0x11, 0x12: 0xFF, 0x13: 0xFF, 0x1C: 0xFF, 0x20: 0x90, 0x21: 8, 0x2B: 0x04}
        for place, (number, size) in numbers.items():
            layout.update(enumerate(number.to_bytes(size, "big"), place))
        return layout

    @staticmethod
    def data(layout, length):
        """The bytes at their places, and zero elsewhere."""
        return bytes(layout.get(place, 0) for place in range(length))

    def reset(self):
        self.answers.clear()

    def press(self):
        self.is_pressed = True

    def load(self):
        self.has_paper = True


class MultifunctionPrinter(VirtualUSB):
    """Carries HTTP between its IPP-over-USB interfaces and a server."""

    pipes = 3

    def __init__(self, vendor, product, strings, server):
        """server: path of a UNIX socket, or (host, port)"""
        super().__init__(vendor, product, strings)
        self.server, self.connections, self.buttons = server, {}, collections.deque()

    def interfaces(self):
        pipes = [self.interface(i, [self.endpoint(1 + i, 2, 512), self.endpoint(0x81 + i, 2, 512)], (7, 1, 4))
                 for i in range(self.pipes)]
        return [*pipes, self.interface(self.pipes, [self.endpoint(BUTTON, 3, 8, 8)], (0xFF, 0xFF, 0xFF))]

    def device_id(self):
        maker, model, serial = (self.strings.get(index, "") for index in (1, 2, 3))
        return f"MFG:{maker};MDL:{model};CMD:PWGRaster,PDF;CLS:PRINTER;DES:{maker} {model};SN:{serial};"

    def control(self, kind, request, value, index, length, data=b""):
        if (kind, request) == (0xA1, 0):  # printer class: GET_DEVICE_ID
            text = self.device_id().encode()
            return (struct.pack(">H", 2 + len(text)) + text)[:length]
        if (kind, request) == (0xA1, 1):  # printer class: GET_PORT_STATUS
            return b"\x18"[:length]
        if (kind, request) == (0x21, 2):  # printer class: SOFT_RESET
            return b""
        return super().control(kind, request, value, index, length, data)

    def connect(self):
        if isinstance(self.server, str):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.server)
            return connection
        return socket.create_connection(self.server)

    def out(self, endpoint, data):
        pipe = endpoint & 0x0F
        if not 1 <= pipe <= self.pipes:
            return None
        for _ in range(2):  # a dropped connection is made anew, once
            try:
                connection = self.connections.get(pipe)
                if connection is None:
                    connection = self.connections[pipe] = self.connect()
                connection.setblocking(True)
                connection.sendall(data)
                return len(data)
            except OSError:
                self.connections.pop(pipe, None)
        return None

    def inp(self, endpoint, length):
        if endpoint == BUTTON:
            return self.buttons.popleft()[:length] if self.buttons else None
        pipe = endpoint & 0x0F
        connection = self.connections.get(pipe)
        if connection is None:
            return None
        connection.setblocking(False)
        try:
            data = connection.recv(length)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:  # the server closed: say nothing, as devices do
            connection.close()
            self.connections.pop(pipe, None)
            return None
        return data

    def reset(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()

    def press(self):
        self.buttons.append(bytes([0x10, 1, 0, 0, 0, 0, 0, 0]))
