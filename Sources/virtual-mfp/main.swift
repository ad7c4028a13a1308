import Foundation
import Support
import VirtualMFP

let program = Program(VirtualMFPCommand.program, environment: ProcessInfo.processInfo.environment)
exit(await program.runInterruptibly(Array(CommandLine.arguments.dropFirst())))
