import Delivery
import HTTP
import Support

extension Routes {
    /// Page images, which agents send before the record that names them.
    ///
    /// They are read through the record only.
    func addBlobs(to router: inout Router) {
        router.on("PUT", "/v1/blobs/{sha256}") { request, parameters in
            try await guarded {
                _ = try access.agent(of: request)
                let name = try blobName(parameters)
                let isNew = try await store.putBlob(request.body, name: name) { try requireRoom() }
                return Response(status: isNew ? 201 : 200)
            }
        }
        router.on("HEAD", "/v1/blobs/{sha256}") { request, parameters in
            try await guarded {
                _ = try access.agent(of: request)
                guard try await store.hasBlob(blobName(parameters)) else {
                    throw Problem("blob-not-found", status: 404, title: "This page image is not here")
                }
                return Response(status: 200)
            }
        }
    }

    private func blobName(_ parameters: Router.Parameters) throws(Problem) -> String {
        let name = parameters["sha256"] ?? ""
        guard BlobFolder.isName(name) else {
            throw Problem("bad-request", status: 400, title: "The address does not end with a SHA-256 in lower case")
        }
        return name
    }
}
