/// What one piece of a line may say to one head of a network: found once, for all who ask.
struct CTCDecoding {
    /// How many texts are looked for; fewer are the first of these.
    static let width = 6

    let decoder: CTCDecoder
    let greedy: CTCDecoder.Text
    /// Best first, with their share.
    let best: [(characters: [Int], share: Double)]

    init(_ decoder: CTCDecoder) {
        self.decoder = decoder
        greedy = decoder.greedy()
        best = decoder.best(Self.width)
    }
}
