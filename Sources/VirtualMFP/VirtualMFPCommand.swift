import Foundation
import HTTPServer
public import Support

/// The program `virtual-mfp` as a command.
public enum VirtualMFPCommand {
    public static let program = Command(
        "virtual-mfp",
        summary: Words(
            en: "A software MFP that scans page files over eSCL, on this machine only",
            sv: "En mjukvaruskrivare som skannar sidfiler med eSCL, bara på den här datorn"),
        discussion: Words(
            en: """
                It prints its address on one line and runs until it is stopped. GET /_ctl tells its state and what it
                served; POST /_ctl with a JSON object sets the paper and the faults, such as {"jam_after": 2}.
                """,
            sv: """
                Den skriver sin adress på en rad och kör tills den stoppas. GET /_ctl visar dess tillstånd och vad den
                har lämnat; POST /_ctl med ett JSON-objekt ställer in papper och fel, till exempel {"jam_after": 2}.
                """),
        options: [
            Command.Option(
                "--port", value: "N",
                help: Words(
                    en: "the port on 127.0.0.1; 0, the default, takes any", sv: "porten på 127.0.0.1; 0 tar valfri")),
            Command.Option(
                "--unix", value: "PATH",
                help: Words(en: "listen on a UNIX socket instead", sv: "lyssna på en UNIX-sockel i stället")),
            Command.Option(
                "--tls",
                help: Words(
                    en: "HTTPS with a certificate made for the occasion", sv: "HTTPS med ett certifikat för tillfället")
            ),
            Command.Option(
                "--certificate", value: "FILE",
                help: Words(en: "HTTPS with this certificate (PEM)", sv: "HTTPS med detta certifikat (PEM)")),
            Command.Option(
                "--key", value: "FILE", help: Words(en: "the certificate's key (PEM)", sv: "certifikatets nyckel (PEM)")
            ),
            Command.Option(
                "--device", value: "FILE",
                help: Words(
                    en: "be the device with this ScannerCapabilities document",
                    sv: "var enheten med detta ScannerCapabilities-dokument")),
            Command.Option(
                "--replay", value: "FILE",
                help: Words(
                    en: "answer as the device did in this trace of a failed scan",
                    sv: "svara som enheten gjorde i det här spåret av en misslyckad skanning")),
            Command.Option(
                "--feeder", value: "FILE",
                help: Words(
                    en: "a page file in the feeder; more may follow", sv: "en sidfil i mataren; fler kan följa"),
                repeats: true),
            Command.Option(
                "--platen", value: "FILE", help: Words(en: "the page file on the glass", sv: "sidfilen på glaset")),
            Command.Option(
                "--raw", help: Words(en: "serve page files byte for byte", sv: "lämna sidfilerna oförändrade")),
            Command.Option(
                "--fault", value: "NAME[=N]",
                help: Words(
                    en: "misbehave; more may follow: \(ShellFault.names)",
                    sv: "krångla; fler kan följa: \(ShellFault.names)"),
                repeats: true),
            Command.Option(
                "--address-file", value: "FILE",
                help: Words(en: "write the address there too", sv: "skriv adressen även dit")),
        ],
        operands: Command.Operands(
            "FILE", counts: 0...1000,
            help: Words(en: "more page files for the feeder", sv: "fler sidfiler till mataren")),
        action: run)

    private static func run(_ call: Invocation) async throws -> ExitCode {
        let arguments = call.arguments
        let folder = FileManager.default.temporaryDirectory.appending(path: "virtual-mfp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = HTTPServer.Configuration()
        if let path = arguments["--unix"] {
            configuration.listen = .unix(path: path)
        } else {
            let port = try arguments.integer("--port", in: 0...65_535) ?? 0
            configuration.listen = .tcp(host: "127.0.0.1", port: UInt16(port))
        }
        configuration.tls = try tls(arguments, folder)
        let server = try await self.server(configuration, arguments)
        let address = server.origin.hasPrefix("unix:") ? server.origin : server.origin + "/eSCL"
        if let file = arguments["--address-file"] {
            try Data((address + "\n").utf8).write(to: URL(filePath: file), options: .atomic)
        }
        call.console.print("virtual-mfp: \(address)")
        // Until Ctrl-C or SIGTERM.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        await server.stop(grace: .seconds(1))
        return .done
    }

    private static func server(
        _ configuration: HTTPServer.Configuration, _ arguments: Arguments
    ) async throws -> HTTPServer {
        if let trace = try document(arguments["--replay"]) {
            let device = try ReplayDevice(document: trace)
            return try HTTPServer(configuration) { await device.respond(to: $0) }
        }
        let device = try VirtualDevice(document: try document(arguments["--device"]))
        try await device.load(feeder: arguments.all("--feeder") + arguments.operands, platen: arguments["--platen"])
        if arguments.flag("--raw") { try await device.control(["raw": true]) }
        try await device.control(try ShellFault.changes(arguments.all("--fault")))
        let server = try HTTPServer(configuration) { await device.respond(to: $0) }
        await device.listen(at: server.origin)
        return server
    }

    private static func document(_ path: String?) throws(BlankettError) -> [UInt8]? {
        guard let path else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw BlankettError("bad-device", exit: .badInput, "\(path) cannot be read.", advice: "Check its path.")
        }
        return [UInt8](data)
    }

    private static func tls(_ arguments: Arguments, _ folder: URL) throws -> HTTPServer.TLS? {
        switch (arguments["--certificate"], arguments["--key"]) {
        case (let certificate?, let key?):
            return HTTPServer.TLS(certificate: URL(filePath: certificate), key: URL(filePath: key))
        case (nil, nil): break
        default:
            throw BlankettError(
                "wrong-usage", exit: .badInput, "A certificate needs its key.",
                advice: "Give both --certificate and --key, or --tls alone.")
        }
        guard arguments.flag("--tls") else { return nil }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try SelfSignedCertificate.make(in: folder)
    }
}
