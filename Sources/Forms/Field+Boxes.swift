public import Support

extension Field {
    /// Where it is on a page of the form: its own box and those of its options, in millimetres; none where it is not there.
    public func boxes(on number: Int) -> [MillimetreRect] {
        (page == number ? [box] : []) + optionBoxes(on: number)
    }

    /// Where the options of a choice are on a page of the form, in millimetres.
    public func optionBoxes(on number: Int) -> [MillimetreRect] {
        options.compactMap { ($0.page ?? page) == number ? $0.box : nil }
    }
}
