/// Which keys one kind of object has in a file that a person writes: a loader's knowledge as data.
package struct ObjectShape: Sendable {
    package var name: String
    package var required: [String]
    package var optional: [String]
    /// What to write for a missing key, where an example says more than its name; a whole sentence.
    package var examples: [String: String]

    package var keys: [String] { required + optional }

    package init(_ name: String, required: [String], optional: [String] = [], examples: [String: String] = [:]) {
        self.name = name
        self.required = required
        self.optional = optional
        self.examples = examples
    }
}
