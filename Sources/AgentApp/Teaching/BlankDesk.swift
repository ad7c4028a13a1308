import Foundation
import Support
import Teaching
import Workers

/// Waits for the read-worker that looks at blanks, on a thread of its own.
actor BlankDesk {
    /// A package that was proposed of one or more files.
    struct Proposed: Sendable {
        var form: JSONValue
        var pages: [Data]
    }

    private let executor = BlockingExecutor(label: "blanks")
    private let reader: BlankReader

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter worker: Path of the read-worker; beside the running program when `nil`.
    init(worker: String?) {
        reader = BlankReader(program: worker)
    }

    /// Looks at the files one after the other and makes one form of them.
    ///
    /// - Throws: ``BlankettError`` with the code of what is wrong with a file, `too-many-pages`, `worker-died`.
    func propose(_ sources: [[UInt8]], id: String, name: String, mostPages: Int) throws -> Proposed {
        var proposed: Proposed?
        for bytes in sources {
            let package: ProposedPackage
            do {
                package = try reader.propose(bytes, id: id, name: name)
            } catch let failure as ProposalFailure {
                throw BlankettError(failure.code, exit: .badInput, "The blank cannot be used.")
            }
            let form: JSONValue = try JSONCoding.decode(from: Array(package.form.utf8), json5: true)
            if let before = proposed {
                proposed = Proposed(
                    form: before.form.appendingPages(of: form), pages: before.pages + package.pages)
            } else {
                proposed = Proposed(form: form, pages: package.pages)
            }
            guard let pages = proposed?.pages, !pages.isEmpty, pages.count <= mostPages else {
                throw BlankettError("too-many-pages", exit: .badInput, "The blank has too many pages.")
            }
        }
        guard let proposed else { throw BlankettError("no-blank", exit: .badInput, "There is no blank.") }
        return proposed
    }
}

extension BlankDesk {
    /// Finds the fields of an earlier version on a new blank.
    ///
    /// - Throws: ``BlankettError`` `worker-died`.
    func carry(from old: URL, to new: URL) throws -> CarriedForm { try reader.carry(from: old, to: new) }

    /// Finds what is printed like one field.
    ///
    /// - Throws: ``BlankettError`` `worker-died`.
    func places(alike wish: AlikeWish, in package: URL) throws -> [AlikePlace] {
        try reader.places(alike: wish, in: package)
    }
}

extension JSONValue {
    /// One form of two: the other's pages come last, and its fields keep names of their own.
    func appendingPages(of other: JSONValue) -> JSONValue {
        var form = objectValue ?? [:]
        let pages = form["pages"]?.arrayValue ?? []
        let more = (other["pages"]?.arrayValue ?? []).enumerated().map { index, page in
            page.merging(["image": .string("page-\(pages.count + index + 1).png")])
        }
        var names = Set((form["fields"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        let fields = (other["fields"]?.arrayValue ?? []).map { field -> JSONValue in
            let base = field["name"]?.stringValue ?? "falt"
            var name = base
            var number = 2
            while !names.insert(name).inserted {
                name = "\(base)-\(number)"
                number += 1
            }
            let page = (field["page"]?.numberValue ?? 1) + Double(pages.count)
            return field.merging(["name": .string(name), "page": .number(page)])
        }
        let codes = [self, other].compactMap { $0["identification"]?["barcode"]?.stringValue }
        if !codes.isEmpty { form["identification"] = ["barcode": .string(codes.joined(separator: "|"))] }
        form["pages"] = .array(pages + more)
        form["fields"] = .array((form["fields"]?.arrayValue ?? []) + fields)
        return .object(form)
    }

    private func merging(_ members: [String: JSONValue]) -> JSONValue {
        .object((objectValue ?? [:]).merging(members) { $1 })
    }
}
