using System.CommandLine;
using Microsoft.Extensions.Logging;
using Slipway.Cli.Serve;
using Slipway.Server;

namespace Slipway.Cli.Demo;

/// <summary><c>slipway demo</c>: the whole loop in one go, on the product's own server and through its public API.</summary>
internal static class DemoCommand
{
    private static readonly Option<string> Listen = new("--listen") { Description = "Where the server listens; port 0 takes a free one", DefaultValueFactory = _ => "http://127.0.0.1:0", HelpName = "URL" };
    private static readonly Option<bool> Exit = new("--exit") { Description = "End after the story, with code 0 only if the journal shows that every step did what it claims" };
    private static readonly Option<string?> TicketsFile = new("--tickets") { Description = "Play it on these customer messages (CSV, column text) instead of the sample's", HelpName = "FILE" };

    public static Command Make(Terminal terminal) =>
        new Command("demo", "Play the whole loop: a good version goes live, a bad one comes back by itself") { Listen, Exit, TicketsFile }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (terminal, parse) = (context.Terminal, context.Parse);
        var sample = Path.Combine(AppContext.BaseDirectory, "samples", "support-router");
        var file = parse.GetValue(TicketsFile) ?? Path.Combine(sample, "tickets.csv");
        var read = Tickets.Read(file);
        if (read is not TicketsResult.Parsed { Messages: var tickets })
        {
            foreach (var problem in ((TicketsResult.Refused)read).Problems) terminal.Error(problem.ToString());
            return ExitCode.Unusable;
        }

        var data = Directory.CreateTempSubdirectory("slipway-demo-");
        try
        {
            var options = new ServerOptions { DataFolder = data.FullName, Listen = parse.GetValue(Listen)!, LogLevel = LogLevel.Warning };
            if (await ServeCommand.StartAsync(options, terminal, cancellation) is not { } server) return ExitCode.Unusable;
            await using (server)
            {
                var exit = await PlayAsync(terminal, server, sample, tickets, keepsServing: !parse.GetValue(Exit), cancellation);
                if (parse.GetValue(Exit) || exit != ExitCode.Done) return exit;
                await server.WaitForShutdownAsync(cancellation);
                return exit;
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<int> PlayAsync(
        Terminal terminal, SlipwayServer server, string sample, IReadOnlyList<string> tickets, bool keepsServing, CancellationToken cancellation)
    {
        using var cast = new DemoCast(server.Address, server.AdministratorKey!);
        var story = new DemoStory(terminal, cast, sample, tickets);
        try
        {
            await story.PlayAsync(cancellation);
        }
        catch (DemoException exception)
        {
            terminal.Error(exception.Message);
            return ExitCode.Refused;
        }
        if (keepsServing)
        {
            terminal.Line();
            terminal.Line($"The server keeps running at {server.Address} until Ctrl-C. In another terminal, as the on-call:");
            terminal.Line($"  export SLIPWAY_SERVER={server.Address} SLIPWAY_KEY={cast.KeyOf(DemoCast.OnCall)}");
            terminal.Line("  ./slipway live support_router");
            terminal.Line("  ./slipway release rollback rel-2 --reason \"I want to see it\"");
        }
        return ExitCode.Done;
    }
}

/// <summary>A step of the story did not do what it claims. The message says which and what came instead.</summary>
internal sealed class DemoException(string message) : Exception(message);
