import Foundation
import ReadingApp
import Support

// The program reads files that nobody vouches for; what it may take up is limited before the first of them.
let code = await ReadWorkerProgram.run(Array(CommandLine.arguments.dropFirst()))
exit(code.rawValue)
