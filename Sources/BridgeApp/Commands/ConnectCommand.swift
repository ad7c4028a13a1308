import Connectors
import Foundation
import Support

extension Command {
    /// A consumer of its own, for systems that cannot poll.
    static let connect = Command(
        "connect",
        summary: Words(
            en: "Bring the records of a subscription into a folder or a case system",
            sv: "För en prenumerations poster till en mapp eller ett ärendesystem"),
        discussion: Words(
            en: """
                The file says where records come from and where they go; docs/integrate describes it. It runs beside any
                bridge, as its consumer, until it is asked to end.
                """,
            sv: """
                Filen säger varifrån poster kommer och vart de ska; docs/integrate beskriver den. Det körs bredvid vilken
                brygga som helst, som dess konsument, tills det ombeds sluta.
                """),
        options: [
            Option(
                "--once",
                help: Words(en: "end when there is nothing more to bring", sv: "sluta när det inte finns mer att föra"))
        ],
        operands: Operands("FILE", counts: 1...1, help: Words(en: "the connector, JSON5", sv: "kopplingen, JSON5"))
    ) { invocation in
        let connector = try Connector(
            try ConnectorConfiguration(file: URL(filePath: invocation.arguments.operands[0])))
        umask(0o027)
        await connector.run(until: Termination(), once: invocation.arguments.flag("--once"))
        return .done
    }
}
