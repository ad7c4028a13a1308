/// A place in a JSON document as people write it: `fields[3].options[0].box`.
package struct JSONPath: Hashable, CustomStringConvertible {
    package enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    package private(set) var steps: [Step] = []

    package init(steps: [Step] = []) {
        self.steps = steps
    }

    package func member(_ key: String) -> JSONPath { JSONPath(steps: steps + [.member(key)]) }
    package func element(_ index: Int) -> JSONPath { JSONPath(steps: steps + [.element(index)]) }
    package var parent: JSONPath? { steps.isEmpty ? nil : JSONPath(steps: steps.dropLast()) }

    package var description: String {
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
