import BridgeApp
import Foundation
import HTTPClient
import HTTP
import Support
import Testing
import TestSupport

/// The rules are written by hand: a metric that is not there would never raise an alarm.
@Suite(.temporaryDirectory) struct `The alert rules` {
    private struct Rule {
        var name: String
        var fields: [String: String] = [:]
    }

    private let rules: [Rule]

    /// Reads the part of YAML in which the rules are written: a field in each line.
    init() throws {
        let file = Checkout.root.appending(path: "packaging/prometheus/blankett-alerts.yml")
        var rules: [Rule] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            guard let found = line.wholeMatch(of: /( *)(- )?([a-z]+): ?(.*)/) else { continue }
            let (name, value) = (String(found.3), String(found.4))
            if found.2 != nil, name == "alert" {
                rules.append(Rule(name: value))
            } else if !rules.isEmpty {
                rules[rules.count - 1].fields[name] = value
            }
        }
        self.rules = rules
    }

    @Test func `are whole, and speak of metrics that the bridge gives`() async throws {
        let bridge = try await TestBridge()
        var known: Set<String> = []
        try await bridge.run { _ in
            let socket = bridge.dataFolder.appending(path: "admin.sock").path()
            let response = try await CurlTransport().send(
                Request("GET", "/metrics"), to: "unix://\(socket)", limits: TransportLimits())
            let text = String(decoding: response.bytes ?? [], as: UTF8.self)
            known = Set(text.matches(of: /# TYPE ([a-z_]+)/).map { String($0.output.1) })
            // Without its 0 the first refusal would not be an increase.
            #expect(text.contains("blankett_reloads_total{outcome=\"refused\"} 0\n"))
        }
        #expect(rules.count > 10 && Set(rules.map(\.name)).count == rules.count)
        for rule in rules {
            let expression = try #require(rule.fields["expr"], "\(rule.name)")
            #expect(rule.fields["labels"]?.contains(/severity: (warning|critical)/) == true, "\(rule.name)")
            #expect(rule.fields["summary"]?.hasPrefix("\"") == true, "\(rule.name)")
            #expect(rule.fields["for"].map { $0.wholeMatch(of: /\d+[mh]/) != nil } != false, "\(rule.name)")
            #expect(expression.count { $0 == "(" } == expression.count { $0 == ")" }, "\(rule.name)")
            for name in expression.matches(of: /(blankett|process)_[a-z_]+/).map({ String($0.output.0) }) {
                #expect(known.contains(name), "\(rule.name) waits for \(name)")
            }
            // A label that is not there would be an empty place in the text.
            let labels = rule.fields["summary"]?.matches(of: /\$labels\.([a-z_]+)/).map { String($0.output.1) } ?? []
            for label in labels { #expect(["subscription", "agent"].contains(label), "\(rule.name): \(label)") }
        }
    }
}
