using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Slipway.Cli.Releases;
using Slipway.Cli.Serve;
using Slipway.Core.Models;
using Slipway.Core.Releases;
using Slipway.Server;

namespace Slipway.Cli.Demo;

/// <summary><c>slipway demo</c>: the whole loop in one go, on the product's own server and through its public API.</summary>
internal static class DemoCommand
{
    private const string ModelOfOpenAi = "gpt-4.1-mini-2025-04-14";

    private static readonly Option<string> Listen = new("--listen") { Description = "Where the server listens; port 0 takes a free one", DefaultValueFactory = _ => "http://127.0.0.1:0", HelpName = "URL" };
    private static readonly Option<bool> Exit = new("--exit") { Description = "End after the story, with code 0 only if the journal shows that every step did what it claims" };
    private static readonly Option<string?> TicketsFile = new("--tickets") { Description = "Play it on these customer messages instead of the sample's: CSV with a column text, or JSON Lines", HelpName = "FILE" };
    private static readonly Option<int?> Traffic = new("--traffic")
    {
        Description = $"How many messages customers write a second, 1 to {DemoScript.HighestPace}, also on after the story until Ctrl-C; {DemoScript.UsualPace} in the story where left out, {DemoScript.PaceOfRealModels} with --provider",
        HelpName = "N",
    };
    private static readonly Option<string?> PlanFile = new("--plan") { Description = "Release under this plan instead of the sample's", HelpName = "FILE" };
    private static readonly Option<string?> Provider = new("--provider")
    {
        Description = $"Play it on a real model: openai or anthropic with their key in the environment, or {Providers.Form} with its key in SLIPWAY_PROVIDER_NAME_KEY. Its calls may cost money",
        HelpName = "NAME=URL",
    };
    private static readonly Option<string?> Model = new("--model") { Description = $"The provider's model; {ModelOfOpenAi} of openai where left out", HelpName = "MODEL" };

    public static Command Make() =>
        new Command("demo", "Play the whole loop: a good version goes live, a bad one comes back by itself") { Listen, Exit, TicketsFile, Traffic, PlanFile, Provider, Model }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (Read(context) is not { } script) return ExitCode.Unusable;
        var (terminal, parse) = (context.Terminal, context.Parse);
        var data = Directory.CreateTempSubdirectory("slipway-demo-");
        try
        {
            var options = new ServerOptions
            {
                DataFolder = data.FullName,
                Listen = parse.GetValue(Listen)!,
                LogLevel = LogLevel.Warning,
                Providers = script.Provider is { } provider ? [provider] : [],
            };
            if (await ServeCommand.StartAsync(options, terminal, cancellation) is not { } server) return ExitCode.Unusable;
            await using (server)
            {
                using var cast = new DemoCast(server.Address, server.AdministratorKey!);
                await using var story = new DemoStory(terminal, cast, script);
                var (traffic, live) = await story.PlayAsync(cancellation);
                if (parse.GetValue(Exit)) return ExitCode.Done;
                if (parse.GetValue(Traffic) is null) await story.QuietAsync();
                Explain(terminal, cast, live, goesOn: parse.GetValue(Traffic) is not null);
                await (parse.GetValue(Traffic) is null ? server.WaitForShutdownAsync(cancellation) : new DemoOnCall(terminal, cast, traffic).WatchAsync(cancellation));
                return ExitCode.Done;
            }
        }
        catch (DemoException exception)
        {
            terminal.Error(exception.Message);
            return ExitCode.Refused;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static void Explain(Terminal terminal, DemoCast cast, ReleaseId live, bool goesOn)
    {
        terminal.Line();
        terminal.Line($"The server keeps running at {cast.Server} until Ctrl-C{(goesOn ? ", and customers go on writing" : "")}. In another terminal, as the on-call:");
        terminal.Line($"  export SLIPWAY_SERVER={cast.Server} SLIPWAY_KEY={cast.KeyOf(DemoCast.OnCall)}");
        terminal.Line("  ./slipway live support_router");
        terminal.Line("  ./slipway metrics support_router");
        terminal.Line($"  ./slipway release rollback {live} --reason \"I want to see it\"");
    }

    private static DemoScript? Read(CommandContext context)
    {
        var parse = context.Parse;
        var sample = Path.Combine(AppContext.BaseDirectory, "samples", "support-router");
        if (parse.GetValue(Traffic) is < 1 or > DemoScript.HighestPace) return Misused($"--traffic takes 1 to {DemoScript.HighestPace} messages a second.");
        var (provider, model) = (default(ProviderOptions), DemoScript.Offline);
        if (parse.GetValue(Provider) is { } named)
        {
            if (ProviderOf(named, out var wrong) is not { } found) return Misused(wrong!, $"Write it as --provider openai, or as --provider {Providers.Form}");
            if (!ModelReference.TryParse($"{found.Name}/{parse.GetValue(Model) ?? (found.Name == "openai" ? ModelOfOpenAi : "")}", out var asked)) return Misused($"Which model of {found.Name}?", "Name it with --model, as its provider does");
            (provider, model) = (found, asked);
        }
        else if (parse.GetValue(Model) is not null)
        {
            return Misused("--model names a provider's model, and no provider is named.", "Name it with --provider");
        }
        var pace = parse.GetValue(Traffic) ?? (provider is null ? DemoScript.UsualPace : DemoScript.PaceOfRealModels);
        if (!PlanOptions.TryFile(context, parse.GetValue(PlanFile) ?? Path.Combine(sample, "plan.json"), out var plan, out _)) return null;
        return Tickets.Read(parse.GetValue(TicketsFile) ?? Path.Combine(sample, "tickets.csv")) switch
        {
            TicketsResult.Parsed { Messages: var messages } => new DemoScript(sample, plan, messages, pace) { Model = model, Provider = provider },
            TicketsResult.Refused { Problems: var problems } => Refused(problems),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        DemoScript? Misused(string message, string? hint = null)
        {
            context.Misused(message, hint);
            return null;
        }

        DemoScript? Refused(ImmutableArray<string> problems)
        {
            foreach (var problem in problems) context.Terminal.Error(problem);
            return null;
        }
    }

    private static ProviderOptions? ProviderOf(string text, out string? wrong)
    {
        var isKnown = !text.Contains('=', StringComparison.Ordinal);
        if (Providers.Read(isKnown ? [] : [text], out wrong) is not { } providers) return null;
        if (!isKnown) return providers[0];
        wrong = $"There is no provider {text} without an address: {text.ToUpperInvariant().Replace('-', '_')}_API_KEY is not set.";
        return providers.FirstOrDefault(one => one.Name == text);
    }
}

/// <summary>A step of the story did not do what it claims. The message says which and what came instead.</summary>
internal sealed class DemoException(string message) : Exception(message);
