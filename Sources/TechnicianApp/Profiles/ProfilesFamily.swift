import Foundation
import Scanning
import Support

extension Technician {
    static let profiles = Command(
        "profiles",
        summary: Words(
            en: "Checks, loads, lists, tries and signs device profiles",
            sv: "Kontrollerar, laddar, listar, provar och signerar enhetsprofiler"),
        subcommands: [
            Command(
                "check",
                summary: Words(
                    en: "Says everything that is wrong with profile files",
                    sv: "Säger allt som är fel i profilfiler"),
                options: [
                    Command.Option(
                        "--key", value: "KEY",
                        help: Words(
                            en: "demand a signature by this public key, ed25519:…",
                            sv: "kräv en signatur av den här öppna nyckeln, ed25519:…"), repeats: true)
                ], operands: profileFiles, action: ProfilesCommand.check),
            Command(
                "load",
                summary: Words(
                    en: "Takes profile files into force, all of them or none",
                    sv: "Sätter profilfiler i bruk, alla eller ingen"),
                discussion: Words(
                    en: """
                        The agent of this machine takes them over while it runs; a batch in progress keeps the profile it
                        began with. Where no agent is installed they count for this user's own commands. A signature
                        FILE.sig beside a file goes with it. Versions only rise.
                        """,
                    sv: """
                        Agenten på den här datorn tar över dem under drift; en pågående bunt behåller profilen som den
                        började med. Där ingen agent är installerad gäller de den här användarens egna kommandon. En
                        signatur FILE.sig bredvid filen följer med. Versioner får bara stiga.
                        """),
                options: [AgentConnection.option, .json], operands: profileFiles, action: ProfilesCommand.load),
            Command(
                "list",
                summary: Words(
                    en: "Shows which profiles are in force, and for which scanner",
                    sv: "Visar vilka profiler som gäller och för vilken skanner"),
                options: [AgentConnection.option, .json], action: ProfilesCommand.list),
            verify,
            Command(
                "key",
                summary: Words(
                    en: "Makes a key to sign profiles with, and prints its public half",
                    sv: "Skapar en nyckel att signera profiler med och skriver ut dess öppna halva"),
                options: [
                    Command.Option(
                        "--out", value: "KEYFILE",
                        help: Words(
                            en: "a new file for the secret half; keep it off the stations",
                            sv: "en ny fil för den hemliga halvan; förvara den inte på stationerna"), isRequired: true)
                ], action: ProfilesCommand.makeKey),
            Command(
                "sign",
                summary: Words(
                    en: "Signs profile files, each into FILE.sig", sv: "Signerar profilfiler, var och en till FILE.sig"),
                options: [
                    Command.Option(
                        "--key", value: "KEYFILE",
                        help: Words(en: "the secret key's file", sv: "den hemliga nyckelns fil"), isRequired: true)
                ], operands: profileFiles, action: ProfilesCommand.sign),
        ])

    private static let profileFiles = Command.Operands(
        "FILE", counts: 1...1000, help: Words(en: "a profile file, JSON5", sv: "en profilfil, JSON5"))
}
