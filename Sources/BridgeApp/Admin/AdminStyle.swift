/// The style sheet of the admin page; the system says whether it is light or dark.
enum AdminStyle {
    static let bytes = Array(text.utf8)

    private static let text = """
        :root { --back: #f4f5f7; --card: #fff; --ink: #1c2430; --soft: #5a6675; --line: #dfe3e8; --accent: #0b5cad;
            --good: #1a7f4b; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) { :root { --back: #12161c; --card: #1b212a; --ink: #e6eaf0; --soft: #9aa7b6;
            --line: #2e3743; --accent: #7ab8ff; --good: #5fd39a; --bad: #ff8f86; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, "Liberation Sans", sans-serif; }
        header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
        header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding-top: 1.25rem; }
        header h1 { font-size: 1.25rem; margin: 0; flex: 1; }
        header h1 a { color: inherit; text-decoration: none; }
        nav { display: flex; gap: 1rem; align-items: center; }
        nav form { margin: 0; }
        footer { color: var(--soft); font-size: .875rem; padding-bottom: 2rem; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem;
            margin: 1.25rem 0; }
        section.narrow { max-width: 26rem; margin: 3rem auto; }
        h2 { font-size: 1.0625rem; margin: 0 0 .75rem; }
        a { color: var(--accent); }
        .state { font-weight: 600; margin: 1.25rem 0 0; }
        .good { color: var(--good); } .bad { color: var(--bad); }
        .hint { color: var(--soft); margin: 0; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--line); vertical-align: top; }
        thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .875rem; white-space: nowrap; }
        tbody th { font-weight: 600; white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 2rem; }
        td ul, details ul { margin: 0; padding: 0; list-style: none; }
        td form { margin: 0; }
        td:last-child, th:last-child { padding-right: 0; }
        summary { cursor: pointer; }
        small { color: var(--soft); }
        code { font: .875em ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
        label { display: block; font-weight: 600; margin-bottom: .25rem; }
        input { width: 100%; font: inherit; padding: .6rem .75rem; border: 1px solid var(--soft); border-radius: .5rem;
            background: var(--back); color: inherit; }
        button { font: inherit; font-weight: 600; padding: .6rem 1.1rem; border: 0; border-radius: .5rem; cursor: pointer;
            background: var(--accent); color: var(--card); }
        button.quiet { background: none; color: var(--accent); border: 1px solid var(--line); padding: .25rem .75rem;
            font-weight: 500; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        section > form { margin: 0 0 .75rem; }
        @media (max-width: 48rem) {
            header, main, footer { padding-left: .75rem; padding-right: .75rem; }
            section { padding: 1rem; }
            thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
            tr { display: block; padding: .75rem 0; border-top: 1px solid var(--line); }
            tbody tr:first-child { border-top: 0; padding-top: 0; }
            th, td { display: flex; gap: 1rem; justify-content: space-between; border: 0; padding: .125rem 0; }
            td.number { padding-right: 0; }
            tbody th { white-space: normal; }
            td::before { content: attr(data-label); color: var(--soft); flex: none; }
            td[data-label=""] { justify-content: flex-end; }
            td ul, details { text-align: right; }
        }

        """
}
