import Support
import Testing

struct `A progress bar` {
    @Test(arguments: [
        (0, 4, Language.english, 0.0, "░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 4 files"),
        (1, 4, .english, 10, "██████░░░░░░░░░░░░░░░░░░ 1 of 4 files, about 30 s left"),
        (1, 4, .swedish, 10, "██████░░░░░░░░░░░░░░░░░░ 1 av 4 filer, ungefär 30 s kvar"),
        (2, 4, .english, 200, "████████████░░░░░░░░░░░░ 2 of 4 files, about 4 min left"),
        (4, 4, .english, 40, "████████████████████████ 4 of 4 files"),
        (0, 0, .english, 0, "████████████████████████ 0 of 0 files"),
    ])
    func `says how far it is and how long it may take`(
        _ done: Int, _ total: Int, _ language: Language, _ seconds: Double, _ line: String
    ) {
        let start = ContinuousClock.now
        let bar = ProgressBar(of: total, Words(en: "files", sv: "filer"), language, start: start)
        #expect(bar.line(done, now: start + .seconds(seconds)) == line)
    }
}
