#!/usr/bin/python3
"""Runs a program that sees software USB devices through libusb, libudev and sysfs; no root, no kernel USB.

    umockdev-wrapper /usr/bin/python3 usb_rig.py --control SOCKET [--http HOST:PORT] -- PROGRAM ARGUMENT…

umockdev fakes /sys and /dev/bus/usb for the program, and each usbfs ioctl it makes is answered live by a device model.
POST to the UNIX socket: /plug?name=N[&kind=mfp|classic|feeder][&id=VID:PID][&serial=S][&maker=M][&model=M],
/unplug?name=N, /press?name=N (the scan button), /load?name=N (paper into the feeder); GET /counts tells how often each ioctl
came, and how often sensors were read. --plug QUERY does the first before the program starts. The exit code is the program's.
RIG_TRACE=1 prints each ioctl.
"""
import argparse
import errno
import http.server
import json
import os
import socketserver
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

import gi
gi.require_version("UMockdev", "1.0")
gi.require_version("GLib", "2.0")
from gi.repository import GLib, UMockdev  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from virtual_usb import ClassicScanner, FeederScanner, MultifunctionPrinter  # noqa: E402

# usbfs ioctl numbers of a 64-bit Linux, see linux/usbdevice_fs.h
IOCTL = {
    0xC0185500: "CONTROL", 0xC0185502: "BULK", 0x80045503: "RESETEP", 0x80085504: "SETINTERFACE",
    0x80045505: "SETCONFIG", 0x41045508: "GETDRIVER", 0x8038550A: "SUBMITURB", 0x550B: "DISCARDURB",
    0x4008550C: "REAPURB", 0x4008550D: "REAPURBNDELAY", 0x8004550F: "CLAIM", 0x80045510: "RELEASE",
    0xC0105512: "IOCTL", 0x5514: "RESET", 0x80045515: "CLEAR_HALT", 0x8004551A: "GET_CAPABILITIES",
    0x8108551B: "DISCONNECT_CLAIM", 0x551F: "GET_SPEED",
}
URB_CONTROL = 2
TRACE = os.environ.get("RIG_TRACE")
HUB = "/devices/pci0000:00/0000:00:14.0/usb1"


def say(*words):
    print("rig:", *words, file=sys.stderr, flush=True)


class Transfer:
    """One URB: whose it is, its struct, its buffer, and what to do."""

    def __init__(self, client, urb, buffer, kind, endpoint, length, data):
        self.client, self.urb, self.buffer, self.kind = client, urb, buffer, kind
        self.endpoint, self.length, self.data, self.discarded = endpoint, length, data, False


class Handler(UMockdev.IoctlBase):
    """Answers usbfs for one device; each opener of its node is a client."""

    def __init__(self, device, counts):
        super().__init__()
        self.device, self.counts, self.transfers, self.claims = device, counts, [], {}

    def do_handle_ioctl(self, client):
        request = client.get_property("request") & 0xFFFFFFFF
        name = IOCTL.get(request, hex(request))
        self.counts[name] = self.counts.get(name, 0) + 1
        if TRACE and name != "REAPURBNDELAY":
            say("usbfs", name)
        try:
            self.answer(client, name, client.get_property("arg"))
        except Exception as error:
            say(name, repr(error))
            client.complete(-1, errno.EIO)
        return True

    def answer(self, client, name, argument):
        if name in ("REAPURB", "REAPURBNDELAY"):
            done = self.reap(client)
            if done is not None:
                argument.resolve(0, 8).set_ptr(0, done)
                client.complete(0, 0)
            elif self.device.unplugged:
                client.complete(-1, errno.ENODEV)
            else:
                time.sleep(0.001)  # libusb polls: do not spin
                client.complete(-1, errno.EAGAIN)
        elif self.device.unplugged:
            client.complete(-1, errno.ENODEV)
        elif name == "GET_CAPABILITIES":  # zero packet, no packet size limit, reap after disconnect
            argument.resolve(0, 4).update(0, struct.pack("<I", 0x01 | 0x04 | 0x10))
            client.complete(0, 0)
        elif name in ("CLAIM", "DISCONNECT_CLAIM"):
            interface = struct.unpack("<I", bytes(argument.resolve(0, 4).retrieve()))[0]
            is_free = self.claims.setdefault(interface, client) == client
            client.complete(*((0, 0) if is_free else (-1, errno.EBUSY)))
        elif name == "RELEASE":
            self.claims.pop(struct.unpack("<I", bytes(argument.resolve(0, 4).retrieve()))[0], None)
            client.complete(0, 0)
        elif name == "RESET":
            self.device.reset()
            # The kernel gives the claims of a client back that was killed. umockdev does not tell of its end: here they
            # stay until somebody resets the device.
            self.claims.clear()
            client.complete(0, 0)
        elif name in ("RESETEP", "CLEAR_HALT", "SETCONFIG"):
            client.complete(0, 0)
        elif name == "SETINTERFACE":
            interface, alternate = struct.unpack("<II", bytes(argument.resolve(0, 8).retrieve()))
            self.device.alternate[interface] = alternate
            client.complete(0, 0)
        elif name in ("GETDRIVER", "IOCTL"):  # no kernel driver is bound
            client.complete(-1, errno.ENODATA)
        elif name == "GET_SPEED":  # high speed
            client.complete(3, 0)
        elif name == "SUBMITURB":
            self.submit(client, argument)
            client.complete(0, 0)
        elif name == "DISCARDURB":
            address = struct.unpack("<Q", bytes(argument.retrieve())[:8])[0]
            hit = next((t for t in self.transfers if t.client == client and t.urb.client_addr == address), None)
            if hit:
                hit.discarded = True
            client.complete(*((0, 0) if hit else (-1, errno.EINVAL)))
        else:
            client.complete(-1, errno.ENOTTY)

    def submit(self, client, argument):
        urb = argument.resolve(0, 56)  # sizeof(struct usbdevfs_urb)
        head = bytes(urb.retrieve())
        length = struct.unpack_from("<i", head, 24)[0]
        buffer = urb.resolve(16, length) if length else None
        data = bytes(buffer.retrieve()) if buffer else b""
        self.transfers.append(Transfer(client, urb, buffer, head[0], head[1], length, data))

    def finish(self, transfer, status, actual):
        self.transfers.remove(transfer)
        transfer.urb.update(4, struct.pack("<i", status))
        transfer.urb.update(28, struct.pack("<i", actual))
        return transfer.urb

    def reap(self, client):
        """The first transfer that can be completed, or None."""
        for transfer in [t for t in self.transfers if t.client == client]:
            # After an unplug the kernel hands every waiting transfer back. A mocked node never raises POLLERR, so
            # without this libusb would wait for them for ever.
            if self.device.unplugged:
                return self.finish(transfer, -errno.ESHUTDOWN, 0)
            if transfer.discarded:
                return self.finish(transfer, -errno.ENOENT, 0)
            if transfer.kind == URB_CONTROL:
                kind, request, value, index, length = struct.unpack("<BBHHH", transfer.data[:8])
                answer = self.device.control(kind, request, value, index, length, transfer.data[8:])
                if answer is None:
                    return self.finish(transfer, -errno.EPIPE, 0)
                if not kind & 0x80:
                    return self.finish(transfer, 0, length)
                if answer:
                    transfer.buffer.update(8, answer)
                return self.finish(transfer, 0, len(answer))
            if transfer.endpoint & 0x80:
                answer = self.device.inp(transfer.endpoint, transfer.length)
                if answer is None:
                    continue
                transfer.buffer.update(0, answer)
                return self.finish(transfer, 0, len(answer))
            taken = self.device.out(transfer.endpoint, transfer.data)
            return self.finish(transfer, 0 if taken is not None else -errno.EPIPE, taken or 0)
        return None


def record(path, number, device, attributes, environment=()):
    """A device for umockdev; sysfs attributes end in a newline, as the kernel's do."""
    lines = [f"P: {path}", f"N: bus/usb/001/{number:03}", f"E: DEVNAME=/dev/bus/usb/001/{number:03}",
             "E: DEVTYPE=usb_device", "E: SUBSYSTEM=usb", "E: BUSNUM=001", f"E: DEVNUM={number:03}",
             f"E: PRODUCT={device}", *(f"E: {line}" for line in environment)]
    fixed = {"busnum": 1, "devnum": number, "speed": 480, "bConfigurationValue": 1, "bNumConfigurations": 1}
    lines += [f"A: {key}={value}\\n" for key, value in {**fixed, **attributes}.items() if key != "descriptors"]
    return "\n".join([*lines, f"H: descriptors={attributes['descriptors'].hex()}", ""])


def root_hub():
    descriptors = (struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 9, 0, 1, 64, 0x1D6B, 2, 0x0510, 0, 0, 0, 1)
                   + struct.pack("<BBHBBBBB", 9, 2, 25, 1, 1, 0, 0xE0, 0)
                   + struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 1, 9, 0, 0, 0)
                   + struct.pack("<BBBBHB", 7, 5, 0x81, 3, 4, 12))
    return record(HUB, 1, "1d6b/2/510", {"descriptors": descriptors})


class Rig:
    def __init__(self, http):
        host, _, port = http.rpartition(":")
        self.http = (host, int(port)) if host and port.isdigit() else http
        self.testbed, self.devices, self.counts, self.next = UMockdev.Testbed.new(), {}, {}, 2
        self.testbed.add_from_string(root_hub())

    def plug(self, name, kind="mfp", id="1209:0001", serial=None, maker="Acme", model="VirtualMFP 4000"):
        vendor, product = (int(part, 16) for part in id.split(":"))
        strings = {1: maker, 2: model, **({3: serial} if serial else {})}
        device = (MultifunctionPrinter(vendor, product, strings, self.http) if kind == "mfp"
                  else {"classic": ClassicScanner, "feeder": FeederScanner}[kind](vendor, product, strings))
        # Each time at another port, and with another address.
        number, self.next = self.next, self.next + 1
        path = f"{HUB}/1-{number}"
        attributes = {"devpath": number, "idVendor": f"{vendor:04x}", "idProduct": f"{product:04x}",
                      "bcdDevice": f"{device.release:04x}", "manufacturer": maker, "product": model,
                      **({"serial": serial} if serial else {}), "descriptors": device.descriptors()}
        # The ioctl socket goes first: adding the device sends the event, and libusb opens the node at once.
        handler = Handler(device, self.counts)
        self.testbed.attach_ioctl(f"/dev/bus/usb/001/{number:03}", handler)
        self.testbed.add_from_string(record(path, number, f"{vendor:x}/{product:x}/{device.release:x}", attributes))
        self.devices[name] = (device, path, handler)
        say("plugged", name)

    def unplug(self, name):
        device, path, _ = self.devices[name]
        # The ioctl socket stays: usbfs answers ENODEV from now on.
        device.unplugged = True
        self.testbed.uevent("/sys" + path, "remove")
        say("unplugged", name)
        GLib.timeout_add(3000, lambda: self.testbed.remove_device("/sys" + path) and False)

    def press(self, name):
        self.devices[name][0].press()

    def load(self, name):
        self.devices[name][0].load()


class Control(http.server.BaseHTTPRequestHandler):
    """Commands from the test; carried out in the main loop, where umockdev lives."""

    def do_GET(self):
        rig = self.server.rig
        readings = sum(getattr(device, "readings", 0) for device, _, _ in rig.devices.values())
        self.answer(json.dumps({**rig.counts, "sensors": readings}))

    def do_POST(self):
        address = urllib.parse.urlsplit(self.path)
        rig = self.server.rig
        command = {"/plug": rig.plug, "/unplug": rig.unplug, "/press": rig.press, "/load": rig.load}
        done, failure = threading.Event(), []

        def carry_out():
            try:
                command[address.path](**dict(urllib.parse.parse_qsl(address.query)))
            except Exception as error:
                failure.append(repr(error))
            done.set()
            return False

        GLib.idle_add(carry_out)
        done.wait()
        self.answer(json.dumps({"failure": failure}), 500 if failure else 200)

    def answer(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self):
        return "control"

    def log_message(self, *_):
        pass


class ControlServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--control")
    parser.add_argument("--http", default="127.0.0.1:8095")
    parser.add_argument("--plug", action="append", default=[])
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    rig = Rig(options.http)
    for query in options.plug:
        rig.plug(**dict(urllib.parse.parse_qsl(query)))
    if options.control:
        server = ControlServer(options.control, Control)
        server.rig = rig
        threading.Thread(target=server.serve_forever, daemon=True).start()

    loop, result = GLib.MainLoop(), [1]
    environment = dict(os.environ, LD_PRELOAD="libumockdev-preload.so.0", UMOCKDEV_DIR=rig.testbed.get_root_dir())
    child = subprocess.Popen(program, env=environment)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 15, lambda: child.terminate() or True)

    def wait():
        result[0] = child.wait()
        GLib.idle_add(loop.quit)

    threading.Thread(target=wait, daemon=True).start()
    loop.run()
    say("usbfs ioctls answered:", rig.counts)
    sys.exit(result[0] if result[0] >= 0 else 128 - result[0])


if __name__ == "__main__":
    main()
