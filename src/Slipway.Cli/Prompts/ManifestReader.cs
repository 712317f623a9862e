using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Slipway.Core.Access;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>Reads prompt manifests and the files they name.</summary>
internal static partial class ManifestReader
{
    private static readonly ImmutableArray<string> Marks = ["id", "template"];

    /// <summary>Reads one manifest. Paths in it are relative to its own folder and do not leave it.</summary>
    public static ManifestResult Read(string path) => Read(path, (_, _) => true)!;

    /// <summary>Reads all manifests below a folder: the YAML files that have the keys <c>id</c> and <c>template</c>.</summary>
    /// <remarks>Folders whose name begins with a dot and folders that are links are not entered.</remarks>
    public static ManifestFolder ReadFolder(string path)
    {
        var manifests = new List<Manifest>();
        var others = ImmutableArray.CreateBuilder<string>();
        var problems = new List<ManifestProblem>();
        foreach (var file in Files(path, problems))
        {
            if (!ManifestFiles.IsBelow(path, file))
            {
                problems.Add(new ManifestProblem(file, null, null, "This is a link that leads out of the folder."));
                continue;
            }
            switch (Read(file, LooksLikeManifest))
            {
                case null: others.Add(file); break;
                case ManifestResult.Parsed parsed: manifests.Add(parsed.Manifest); break;
                case ManifestResult.Refused refused: problems.AddRange(refused.Problems); break;
            }
        }
        if (manifests.Count == 0 && problems.Count == 0)
            problems.Add(new ManifestProblem(path, null, null, "There is no manifest here: no .yaml or .yml file with the keys id and template."));
        var ordered = ManifestOrder.Of(manifests, problems);
        return problems.Count == 0 ? new ManifestFolder.Parsed(ordered, others.ToImmutable()) : new ManifestFolder.Refused([.. problems]);
    }

    private static ManifestResult? Read(string path, Func<YamlNode?, string, bool> isManifest)
    {
        switch (TextFile.Open(path))
        {
            // What cannot be read might be a manifest; to pass it over in silence would be a guess.
            case TextFile.Unreadable unreadable: return Refuse(new ManifestProblem(path, unreadable.Line, unreadable.Column, unreadable.Why));
            case TextFile.Read { Text: var text }:
                var problems = new List<ManifestProblem>();
                var root = YamlReader.Read(path, text, problems);
                return isManifest(root, text) ? Interpret(path, root, problems) : null;
            default: throw new UnreachableException();
        }
    }

    private static bool LooksLikeManifest(YamlNode? root, string text) => root switch
    {
        YamlNode.Mapping mapping => Marks.All(mark => mapping.Entries.Any(entry => entry.Key.Text == mark)),
        null => Marks.All(mark => KeyLine().Matches(text).Any(match => match.Groups[1].Value == mark)),     // broken YAML: its lines still tell
        _ => false,
    };

    private static IEnumerable<string> Files(string folder, List<ManifestProblem> problems)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                problems.Add(new ManifestProblem(folder, null, null, "There is no such folder."));
                return [];
            }
            var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
            var files = new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToSpecifiedFullPath(), options)
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && Path.GetExtension(entry.FileName) is ".yaml" or ".yml",
                ShouldRecursePredicate = (ref entry) => !entry.FileName.StartsWith('.') && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            return [.. files.Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ManifestProblem(folder, null, null, $"The folder cannot be read: {exception.Message}"));
            return [];
        }
    }

    private static ManifestResult Interpret(string path, YamlNode? root, List<ManifestProblem> problems)
    {
        if (root is not YamlNode.Mapping mapping)
        {
            if (root is not null and not YamlNode.Unread)
                problems.Add(new ManifestProblem(path, root.Line, root.Column, "A manifest is keys and values, as in id: support_router"));
            return Refuse(path, problems);
        }
        var fields = new ManifestFields(path, mapping, problems);
        fields.CheckStatus();
        var (prompt, version, owner) = (fields.Name<PromptName>("id"), fields.Version("version"), fields.Name<MemberName>("owner"));
        var (model, template, schema) = (fields.Text("model")?.Text, fields.File("template")?.Text, fields.Schema());
        var (golden, rollbackTo, reason) = (fields.GoldenSet(), fields.RollbackTo(version), fields.Text("change_reason")?.Text);
        var (effect, check, change) = (fields.Text("expected_effect")?.Text, fields.Text("check_after_release")?.Text, fields.Change());
        var (linked, variables, parameters) = (fields.Text("linked")?.Text, fields.Variables(), fields.Parameters());
        if (problems.Count > 0) return Refuse(path, problems);
        return new ManifestResult.Parsed(new Manifest(path, new Submission
        {
            Prompt = prompt!,
            Version = version!,
            Owner = owner!,
            Model = model!,
            Template = template!,
            Schema = schema!.Value,
            GoldenSet = golden!.Id,
            RollbackTo = rollbackTo,
            ChangeReason = reason!,
            ExpectedEffect = effect,
            CheckAfterRelease = check,
            ChangeKind = change is { } kind ? new ChangeKinds(kind) : null,
            Linked = linked,
            Variables = variables,
            Parameters = parameters,
        }, golden));
    }

    private static ManifestResult.Refused Refuse(ManifestProblem problem) => new([problem]);

    // A stable sort: the problems of other files keep the order in which they were read.
    private static ManifestResult.Refused Refuse(string path, List<ManifestProblem> problems) =>
        new([.. problems.OrderBy(problem => problem.File == path ? (0, problem.Line ?? 0, problem.Column ?? 0) : (1, 0, 0))]);

    [GeneratedRegex("^(id|template)[ \t]*:", RegexOptions.Multiline)] private static partial Regex KeyLine();
}
