import AgentApp
import Foundation
import HTTPClient
import Support

extension AgentConfiguration.Bridge {
    func client() throws -> BridgeClient {
        var trust = TLSTrust()
        if let pin {
            guard let pin = PublicKeyPin(pin) else {
                throw BlankettError(
                    "configuration-broken", exit: .badInput, "The bridge's pin is none.",
                    advice: "Write sha256// and 44 characters.")
            }
            trust.server = .pinned(pin)
        } else if let authorities {
            trust.server = .authorities(file: authorities.path())
        }
        if let certificate, let key {
            trust.identity = .init(certificateFile: certificate.path(), keyFile: key.path())
        }
        let token = try tokenFile.map { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw BlankettError(
                    "token-missing", exit: .badInput,
                    "The bridge's token file \(file.lastPathComponent) cannot be read.",
                    advice: "Make a token with blankett-bridge token agent, and put it there.")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return BridgeClient(transport: CurlTransport(trust: trust), url: url, token: token)
    }
}
