public import Foundation

/// A form package on disk: a folder with `form.json5` and the blank pages, loaded and checked.
public struct FormPackage: Sendable, Hashable {
    public var folder: URL
    public var template: FormTemplate

    public init(folder: URL, template: FormTemplate) {
        self.folder = folder
        self.template = template
    }

    /// The file of the blank page `number`, from 1.
    public func blank(_ number: Int) -> URL {
        folder.appending(path: template.pages[number - 1].image)
    }
}
