/// Why a person should look at a field: the stable codes of ``FieldReading/reason``.
public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Two readers read different things.
    case readersDiffer = "readers-differ"
    /// Only one reader read anything, and nothing proves it right.
    case oneReaderOnly = "one-reader-only"
    case lowConfidence = "low-confidence"
    /// A check digit does not agree.
    case checkDigit = "check-digit"
    /// What was read cannot be a value of the field's type.
    case notAValue = "not-a-value"
    /// A possible but odd value, such as a date in the far future.
    case doubtfulValue = "doubtful-value"
    /// More or fewer characters were read than cells have ink.
    case lengthDiffers = "length-differs"
    /// More letters have dots or a ring above them than the text that was read: `A` may be `Ä`.
    case marksDiffer = "marks-differ"
    /// A stroke of a letter may lie on the printed frame, where none is seen: `F` may be `E`.
    case onFrame = "on-frame"
    /// The writing goes on beside the field's box, where it is not read.
    case beyondBox = "beyond-box"
    /// A character was crossed out.
    case struckOut = "struck-out"
    case twoMarked = "two-marked"
    /// A mark so faint or small that it may be dirt.
    case faintMark = "faint-mark"
    /// A mark that may have been filled over to undo it.
    case filledOver = "filled-over"
    /// The printed box was not found where it should be.
    case boxNotFound = "box-not-found"
    /// The paper lies there so unlike the blank that the field may have been cut out beside its place.
    case misplaced
    /// A part of the field lies beyond the picture's edge.
    case offPicture = "off-picture"
    /// There is ink, but nobody can read it.
    case illegible
    case faintInk = "faint-ink"
    case requiredMissing = "required-missing"
    /// The form asks that a person always looks.
    case reviewAlways = "review-always"
    /// A rule across fields is broken.
    case ruleBroken = "rule-broken"
    /// This station was certain of the field and wrong not long ago.
    case correctedBefore = "corrected-before"
    /// Certain, but never seen at this station, in a field whose values have all been seen before for long.
    case newHere = "new-here"
    /// This station is certain, and asks to know how often it is right.
    case controlSample = "control-sample"
}
