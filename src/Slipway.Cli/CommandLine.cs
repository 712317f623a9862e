using System.CommandLine;
using Slipway.Cli.Access;
using Slipway.Cli.Backups;
using Slipway.Cli.Calls;
using Slipway.Cli.Ci;
using Slipway.Cli.Demo;
using Slipway.Cli.Doctor;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Incidents;
using Slipway.Cli.Journal;
using Slipway.Cli.Models;
using Slipway.Cli.Objects;
using Slipway.Cli.Partials;
using Slipway.Cli.Prompts;
using Slipway.Cli.Releases;
using Slipway.Cli.Serve;
using Slipway.Cli.Staging;

namespace Slipway.Cli;

/// <summary>The one executable: its table of contents, one line a command.</summary>
internal static class CommandLine
{
    /// <summary>Runs what was typed.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="terminal">Where it speaks.</param>
    /// <param name="cancellation">Ends it, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        var parse = Root.Parse(arguments);
        if (parse.Errors.Count > 0)
        {
            terminal.Error(Misuse.Of(parse), $"See: {Names(parse.CommandResult)} --help");
            return ExitCode.Unusable;
        }
        try
        {
            return await parse.InvokeAsync(new Speaking(terminal) { EnableDefaultExceptionHandler = false }, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C, or a request that took longer than anybody waits.
            terminal.Error("Stopped before it was done.");
            return ExitCode.Unusable;
        }
        catch (OutputException exception)
        {
            terminal.Error(exception.Message);
            return ExitCode.Unusable;
        }
    }

    /// <summary>Gives a command what it does.</summary>
    public static Command Does(this Command command, Func<CommandContext, CancellationToken, Task<int>> action)
    {
        command.SetAction((parse, cancellation) => action(new CommandContext(((Speaking)parse.InvocationConfiguration).Terminal, parse), cancellation));
        return command;
    }

    /// <summary>Every command, with what it takes; the one tree of the process, because options know every tree that they were ever put into.</summary>
    public static RootCommand Root { get; } = new("Slipway: release engineering for LLM prompts.")
    {
        CommandContext.Server, CommandContext.Key, CommandContext.Json,
        DemoCommand.Make(),
        ServeCommand.Make(),
        PushCommand.Make(), PromptCommands.Show(), PromptCommands.Diff(), PromptCommands.Render(), PromptCommands.Resolve(),
        ManifestCommands.Make(), PartialCommands.Make(), PolicyCommands.Make(), ChangeCommands.Make(),
        LiveCommand.Make(),
        EvaluationCommands.Eval(), GoldenCommands.Make(), RubricCommands.Make(), ReviewCommands.Make(),
        ReleaseCommands.Make(), ReleaseCommands.Rollback(), StagingCommands.Make(),
        IncidentCommands.Make(),
        CallCommands.Make(), MetricsCommand.Make(),
        LogCommands.Make(),
        AccessCommands.Member(), GroupCommands.Make(), OwnerCommands.Make(), KeyCommands.Make(),
        ModelCommands.Make(),
        ObjectCommands.Make(),
        CiCommand.Make(),
        BackupCommands.Make(), DoctorCommand.Make(),
    };

    private static string Names(System.CommandLine.Parsing.CommandResult? command) =>
        command is null or { Parent: null } ? "slipway" : $"{Names(command.Parent as System.CommandLine.Parsing.CommandResult)} {command.Command.Name}";

    // Where the commands of one run speak.
    private sealed class Speaking(Terminal terminal) : InvocationConfiguration
    {
        public Terminal Terminal => terminal;
    }
}
