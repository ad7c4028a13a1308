import Foundation
import Records
import SQLiteStore
import Support
import Testing
import TestSupport

private let schema = Database.Schema(
    applicationID: 7, migrations: ["CREATE TABLE note(id INTEGER PRIMARY KEY, words TEXT, bytes BLOB) STRICT"])

private var file: URL { TemporaryDirectory.url.appending(path: "notes.db") }

private func notes() throws -> [String] {
    try ReadOnlyDatabase(file).withStatement("SELECT words FROM note ORDER BY id") { statement throws(SQLiteError) in
        var words: [String] = []
        while try statement.step() { words.append(statement.text(at: 0) ?? "") }
        return words
    }
}

private func insert(_ words: String, into database: borrowing Database) throws {
    try database.withStatement("INSERT INTO note(words) VALUES(?)") { statement throws(SQLiteError) in
        try statement.bind(words, at: 1)
        try statement.run()
    }
}

@Suite(.temporaryDirectory) struct `The database` {
    private struct Fault: Error {}

    @Test func `keeps what a transaction wrote, and nothing of one that threw`() throws {
        do {
            let database = try Database(file, schema: schema)
            try database.transaction { try insert("kept", into: $0) }
            #expect(throws: Fault.self) {
                try database.transaction { database in
                    try insert("lost", into: database)
                    throw Fault()
                }
            }
        }
        let database = try Database(file, schema: schema)
        #expect(try notes() == ["kept"])
        #expect(try database.damage() == [])
    }

    @Test func `gives back every kind of value`() throws {
        let database = try Database(file, schema: schema)
        try database.withStatement("SELECT ?, ?, ?, ?, ?, ?") { statement throws(SQLiteError) in
            try statement.bind("å\u{0}ä", at: 1)
            try statement.bind(Int.max, at: 2)
            try statement.bind(0.1, at: 3)
            try statement.bind([0, 255], at: 4)
            try statement.bind([UInt8](), at: 5)
            #expect(try statement.step())
            #expect(statement.text(at: 0) == "å\u{0}ä")
            #expect(statement.integer(at: 1) == Int.max)
            #expect(statement.double(at: 2) == 0.1)
            #expect(statement.blob(at: 3) == [0, 255])
            #expect(statement.blob(at: 4) == [])
            #expect(statement.isNull(at: 5) && statement.text(at: 5) == nil && statement.blob(at: 5) == nil)
        }
    }

    @Test func `refuses a second opener while the first lives`() throws {
        do {
            let first = try Database(file, schema: schema)
            let error = #expect(throws: BlankettError.self) { _ = try Database(file, schema: schema) }
            #expect(error?.code == "storage-in-use")
            #expect(error?.message.contains("process \(getpid())") == true)
            try insert("alive", into: first)
        }
        _ = try Database(file, schema: schema)
    }

    @Test func `lets readers neither write nor checkpoint`() throws {
        let database = try Database(file, schema: schema)
        try insert("one", into: database)
        let log = file.path() + "-wal"
        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        do {
            let reader = try ReadOnlyDatabase(file)
            #expect(throws: SQLiteError.self) {
                try reader.withStatement("INSERT INTO note(words) VALUES('x')") { statement throws(SQLiteError) in
                    try statement.run()
                }
            }
            #expect(try notes() == ["one"])
        }
        #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int == size)
    }

    @Test func `brings an old schema up to date and refuses a newer one`() throws {
        do { try insert("old", into: try Database(file, schema: schema)) }
        let newer = Database.Schema(
            applicationID: 7, migrations: schema.migrations + ["ALTER TABLE note ADD COLUMN more TEXT"])
        do {
            let database = try Database(file, schema: newer)
            try database.execute("UPDATE note SET more = 'x'")
        }
        #expect(#expect(throws: BlankettError.self) { _ = try Database(file, schema: schema) }?.code == "schema-newer")
        let other = Database.Schema(applicationID: 8, migrations: newer.migrations)
        #expect(
            #expect(throws: BlankettError.self) { _ = try Database(file, schema: other) }?.code == "not-our-database")
    }

    @Test func `is opened for writing in one place only`() throws {
        let sources = Checkout.root.appending(path: "Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path()).filter {
            try $0.hasSuffix(".swift")
                && String(contentsOf: sources.appending(path: $0), encoding: .utf8).contains("SQLITE_OPEN_READWRITE")
        }
        #expect(files == ["SQLiteStore/Database/Database.swift"])
    }

    @Test func `commits the work of many callers, each with its own answer`() async throws {
        let writer = GroupWriter(try Database(file, schema: schema))
        let rows = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<500 {
                group.addTask {
                    try await writer.write { database in
                        try insert("\(number)", into: database)
                        return database.lastInsertedRow
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(rows.count == 500)
        #expect(try notes().count == 500)
        await writer.close()
        await #expect(throws: StoreClosed.self) { try await writer.write { _ in } }
    }

    @Test func `fails only the work that is at fault`() async throws {
        let writer = GroupWriter(try Database(file, schema: schema))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    do {
                        try await writer.write { database in
                            try insert("\(number)", into: database)
                            if number % 10 == 0 { throw Fault() }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 90)
        #expect(try notes().count == 90)
        await writer.close()
    }
}
