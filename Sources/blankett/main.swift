import Foundation
import Support
import TechnicianApp

let program = Program(Technician.program, environment: ProcessInfo.processInfo.environment)
exit(await program.runInterruptibly(Array(CommandLine.arguments.dropFirst())))
