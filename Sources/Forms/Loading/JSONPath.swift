/// A place in a JSON document as people write it: `fields[3].options[0].box`.
struct JSONPath: Hashable, CustomStringConvertible {
    enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    private(set) var steps: [Step] = []

    func member(_ key: String) -> JSONPath { JSONPath(steps: steps + [.member(key)]) }
    func element(_ index: Int) -> JSONPath { JSONPath(steps: steps + [.element(index)]) }
    var parent: JSONPath? { steps.isEmpty ? nil : JSONPath(steps: steps.dropLast()) }

    var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .element(let index): text += "[\(index)]"
            case .member(let key) where key.wholeMatch(of: /[A-Za-z_$][A-Za-z0-9_$]*/) != nil:
                text += text.isEmpty ? key : ".\(key)"
            case .member(let key): text += "[\"\(key)\"]"
            }
        }
    }
}
