public import Forms
public import Reading

/// What the station needs to know of reading: how pages become documents, and what a typed value means.
public struct DocumentRules: Sendable {
    public var templates: [FormKey: FormTemplate]
    /// Puts the pages of a batch together, in scan order; each document names its pages by their `source`.
    public var assemble: @Sendable ([PageResult]) -> [DocumentReading]
    /// The normal form of what a clerk typed.
    public var normalize: @Sendable (_ text: String, _ field: Field, _ form: FormKey) -> NormalizedValue
    /// Checks a document again after a correction, and makes its data anew.
    public var reconsider: @Sendable (_ reading: DocumentReading, _ template: FormTemplate) -> DocumentReading

    public init(
        templates: [FormKey: FormTemplate], assemble: @escaping @Sendable ([PageResult]) -> [DocumentReading],
        normalize: @escaping @Sendable (_ text: String, _ field: Field, _ form: FormKey) -> NormalizedValue,
        reconsider: @escaping @Sendable (_ reading: DocumentReading, _ template: FormTemplate) -> DocumentReading
    ) {
        self.templates = templates
        self.assemble = assemble
        self.normalize = normalize
        self.reconsider = reconsider
    }

    /// What a person must still look at; what the form says nobody needs to review does not count.
    func openFields(in contents: DocumentContents) -> OpenFields {
        OpenFields(contents, of: contents.reading.form.flatMap { templates[$0.key] })
    }

    func template(of document: Document) -> FormTemplate? { document.form.flatMap { templates[$0] } }
}
