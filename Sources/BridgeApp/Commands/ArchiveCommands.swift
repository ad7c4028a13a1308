import Foundation
import Sealing
import Support

extension Command {
    static let backup = Command(
        "backup",
        summary: Words(
            en: "Write all that is stored into one file, while the bridge goes on",
            sv: "Skriv allt som förvaras till en fil, medan bryggan fortsätter"),
        discussion: Words(
            en: "A running bridge writes the file itself: it must be allowed to write there.",
            sv: "En brygga som är igång skriver filen själv: den måste få skriva där."),
        options: [.config, .set], operands: .archive
    ) { invocation in
        try await StoreCommands(invocation.configuration(), invocation.console).backup(
            to: URL(filePath: invocation.arguments.operands[0]))
        return .done
    }

    static let export = Command(
        "export",
        summary: Words(
            en: "Write all that a stopped bridge stores into one file, for another kind of store",
            sv: "Skriv allt som en stoppad brygga förvarar till en fil, för ett annat slags lager"),
        options: [.config, .set], operands: .archive
    ) { invocation in
        try await StoreCommands(invocation.configuration(), invocation.console).export(
            to: URL(filePath: invocation.arguments.operands[0]))
        return .done
    }

    static let restore = restoring(
        "restore",
        Words(
            en: "Check a backup to its last bit, and take it into an empty store",
            sv: "Kontrollera en säkerhetskopia till sista biten och läs in den i ett tomt lager"))

    /// The same, under the name that goes with `export`.
    static let importing = restoring(
        "import",
        Words(
            en: "Take the file of an export into an empty store of any kind",
            sv: "Läs in en exporterad fil i ett tomt lager av valfritt slag"))

    static let backupKey = Command(
        "backup-key",
        summary: Words(
            en: "Make a secret key for backups, to be kept elsewhere, and print its public key",
            sv: "Gör en hemlig nyckel för säkerhetskopior, att förvara på annan plats, och skriv ut dess publika nyckel"
        ),
        operands: Operands("FILE", counts: 1...1, help: Words(en: "for the secret key", sv: "för den hemliga nyckeln"))
    ) { invocation in
        let key = try BackupKey(creating: URL(filePath: invocation.arguments.operands[0]))
        invocation.console.print(key.publicKey)
        return .done
    }

    private static func restoring(_ word: String, _ summary: Words) -> Command {
        Command(
            word, summary: summary,
            options: [
                .config, .set,
                Option(
                    "--key", value: "FILE",
                    help: Words(
                        en: "the secret key, if the file is sealed for one",
                        sv: "den hemliga nyckeln, om filen är förseglad")),
            ], operands: .archive
        ) { invocation in
            try await StoreCommands(invocation.configuration(), invocation.console).restore(
                URL(filePath: invocation.arguments.operands[0]),
                key: invocation.arguments["--key"].map { URL(filePath: $0) })
            return .done
        }
    }
}

extension Command.Operands {
    fileprivate static let archive = Command.Operands(
        "FILE", counts: 1...1, help: Words(en: "the file", sv: "filen"))
}
