import Support

extension Field {
    /// The cells of one row of a table as fields of their own, named as their columns.
    ///
    /// - Parameter row: From 0.
    /// - Returns: One field for each column.
    public func cells(inRow row: Int) -> [Field] {
        let height = box.height / Double(max(1, rows))
        return columns.map { column in
            Field(
                name: column.name, page: page, kind: column.kind, type: column.type,
                box: MillimetreRect(
                    x: box.x + column.x, y: box.y + Double(row) * height, width: column.width, height: height),
                review: review, writing: writing, cells: column.cells ?? 0)
        }
    }
}
