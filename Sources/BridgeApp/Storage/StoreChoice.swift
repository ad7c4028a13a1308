/// Which database keeps the records.
public enum StoreChoice: Sendable, Hashable {
    /// A file in the data folder, which belongs to one bridge.
    case sqlite
    /// A PostgreSQL database, which several bridges can share; as libpq wants it.
    case postgres(String)
}
