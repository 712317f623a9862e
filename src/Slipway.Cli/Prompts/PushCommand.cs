using System.CommandLine;
using System.Diagnostics;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway push</c>: reads everything first, and sends something only where all of it is right.</summary>
internal static class PushCommand
{
    private static readonly Argument<string> PathOf = new("PATH") { Description = "A manifest (YAML or JSON), or a folder of manifests" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why, as a sentence, for one manifest that holds no change_reason", HelpName = "TEXT" };

    public static Command Make() =>
        new Command("push", "Submit a manifest, or every manifest of a folder, with golden sets; what is there already stays as it is") { PathOf, Reason }.Does(PushAsync);

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        var (path, reason) = (context.Parse.GetValue(PathOf)!, context.Parse.GetValue(Reason));
        var isFolder = Directory.Exists(path);
        if (!File.Exists(path) && !isFolder) return context.Misused($"There is no file or folder {path}.");
        if (isFolder && reason is not null) return context.Misused("--reason goes with one manifest, not with a folder.", "Each manifest of a folder has its own change_reason.");
        var folder = isFolder ? ManifestReader.ReadFolder(path) : ManifestReader.Read(path, reason) switch
        {
            ManifestResult.Parsed parsed => new ManifestFolder.Parsed([parsed.Manifest], [], []),
            ManifestResult.ParsedPartial parsed => new ManifestFolder.Parsed([], [parsed.Partial], []),
            ManifestResult.Refused refused => new ManifestFolder.Refused(refused.Problems),
            _ => throw new UnreachableException(),
        };
        if (folder is not ManifestFolder.Parsed found)
        {
            foreach (var problem in ((ManifestFolder.Refused)folder).Problems) context.Terminal.Error(problem.ToString());
            return ExitCode.Refused;
        }
        if (context.Connect() is not { } api) return ExitCode.Unusable;
        using (api)
        {
            var push = new Push(context, api);
            var exit = await push.AllAsync(found, cancellation);
            if (context.WantsJson && (exit == ExitCode.Done || push.Any)) push.WriteJson(asList: isFolder);
            if (!found.Others.IsEmpty) context.Terminal.Remark($"Left alone, as no manifest: {string.Join(", ", found.Others)}");
            return exit;
        }
    }
}
