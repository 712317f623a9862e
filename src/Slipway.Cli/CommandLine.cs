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
        var root = Root(terminal);
        var parse = root.Parse(arguments);
        if (parse.Errors.Count > 0)
        {
            terminal.Error(Misuse.Of(parse), $"See: {Names(parse.CommandResult)} --help");
            return ExitCode.Unusable;
        }
        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellation);
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
    public static Command Does(this Command command, Terminal terminal, Func<CommandContext, CancellationToken, Task<int>> action)
    {
        command.SetAction((parse, cancellation) => action(new CommandContext(terminal, parse), cancellation));
        return command;
    }

    /// <summary>Every command, with what it takes.</summary>
    /// <param name="terminal">Where the commands speak.</param>
    public static RootCommand Root(Terminal terminal) => new("Slipway: release engineering for LLM prompts.")
    {
        CommandContext.Server, CommandContext.Key, CommandContext.Json,
        DemoCommand.Make(terminal),
        ServeCommand.Make(terminal),
        PushCommand.Make(terminal), PromptCommands.Show(terminal), PromptCommands.Diff(terminal), PromptCommands.Render(terminal), PromptCommands.Resolve(terminal),
        ManifestCommands.Make(terminal), PartialCommands.Make(terminal), PolicyCommands.Make(terminal), ChangeCommands.Make(terminal),
        LiveCommand.Make(terminal),
        EvaluationCommands.Eval(terminal), GoldenCommands.Make(terminal), RubricCommands.Make(terminal), ReviewCommands.Make(terminal),
        ReleaseCommands.Make(terminal), ReleaseCommands.Rollback(terminal), StagingCommands.Make(terminal),
        IncidentCommands.Make(terminal),
        CallCommands.Make(terminal), MetricsCommand.Make(terminal),
        LogCommands.Make(terminal),
        AccessCommands.Member(terminal), GroupCommands.Make(terminal), OwnerCommands.Make(terminal), KeyCommands.Make(terminal),
        ModelCommands.Make(terminal),
        ObjectCommands.Make(terminal),
        CiCommand.Make(terminal),
        BackupCommands.Make(terminal), DoctorCommand.Make(terminal),
    };

    private static string Names(System.CommandLine.Parsing.CommandResult? command) =>
        command is null or { Parent: null } ? "slipway" : $"{Names(command.Parent as System.CommandLine.Parsing.CommandResult)} {command.Command.Name}";
}
