import Foundation
import ImageCodecs
import SANEScanning
import Scanning
import Support

// One device, one batch, then exit: drivers crash and hang, so they get a process that may.

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case nil, "--list":
    break
case "--version":
    print("blankett-scan-worker, protocol \(ScanWorkerMessage.version)")
    exit(ExitCode.done.rawValue)
default:
    print(
        """
        usage: blankett-scan-worker [--list | --version]

        Scans one batch for blankett-agent or blankett, which speak to it on its standard input and output.

          --list   the devices that SANE finds, as JSON; SANE_CONFIG_DIR says where its configuration is
        """)
    exit(arguments.first == "--help" ? ExitCode.done.rawValue : ExitCode.badInput.rawValue)
}

do {
    if arguments.first == "--list" {
        print(try JSONCoding.encodeText(try SaneLibrary().devices(), pretty: true))
    } else {
        // 2 GiB hold the longest page twice; a driver that wants more is broken.
        let (input, output) = SupervisedProcess.begin(
            .init(
                addressSpace: 4 << 30, fileSize: 1 << 30, openFiles: 256,
                processorSeconds: SaneWorker.processorSecondsPerPage))
        SaneCancellation.begin()
        try SaneWorker(input: input, output: output) { try ImageCodec.encodePNG($0) }.run()
    }
} catch {
    FileHandle.standardError.write(Data("blankett-scan-worker: \(error)\n".utf8))
    exit(ExitCode.device.rawValue)
}
