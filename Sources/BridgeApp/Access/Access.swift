import HTTP

/// Decides who a request is from, and what they may do; nobody is let in without a name.
struct Access: Sendable {
    let tokens: TokenFile?
    let certificates: [String: Caller]

    func caller(of request: Request) throws(Problem) -> Caller {
        if let name = request.peer.certificateName, let caller = certificates[name] { return caller }
        if let tokens, let header = request.headers["Authorization"], header.lowercased().hasPrefix("bearer "),
            request.headers.all("Authorization").count == 1,
            let caller = tokens.caller(of: String(header.dropFirst(7)))
        {
            return caller
        }
        throw Problem(
            "unauthenticated", status: 401, title: "Who you are is not known",
            detail: "Send Authorization: Bearer with a token of this bridge.")
    }

    func agent(of request: Request) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .agent else { throw Self.forbidden }
        return caller
    }

    /// The caller, who must be the consumer of this subscription.
    func consumer(of request: Request, subscription: String) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .consumer(subscription: subscription) else { throw Self.forbidden }
        return caller
    }

    /// The subscription's consumer or an operator: both may see how it stands.
    func observer(of request: Request, subscription: String) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .operator || caller.scope == .consumer(subscription: subscription) else {
            throw Self.forbidden
        }
        return caller
    }

    func `operator`(of request: Request) throws(Problem) -> Caller {
        let caller = try caller(of: request)
        guard caller.scope == .operator else { throw Self.forbidden }
        return caller
    }

    /// The caller and the one subscription that is theirs.
    func consumer(of request: Request) throws(Problem) -> (caller: Caller, subscription: String) {
        let caller = try caller(of: request)
        guard case .consumer(let subscription) = caller.scope else { throw Self.forbidden }
        return (caller, subscription)
    }

    private static let forbidden = Problem("forbidden", status: 403, title: "You may not do this")
}
