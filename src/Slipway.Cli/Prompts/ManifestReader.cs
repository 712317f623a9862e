using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Slipway.Cli.Partials;
using Slipway.Core.Access;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>Reads prompt manifests, partial manifests and the files they name.</summary>
internal static partial class ManifestReader
{
    private static readonly PromptName Unnamed = PromptName.TryParse("unnamed", out var name) ? name : throw new InvalidOperationException("The name is well-formed.");

    /// <summary>Reads one manifest: JSON where the file's name ends so, else YAML. Paths in it are relative to its own folder and do not leave it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">The change reason of a manifest that holds none.</param>
    public static ManifestResult Read(string path, string? reason = null) => Read(path, reason, onlyManifests: false)!;

    /// <summary>Reads all manifests below a folder: the files whose keys make them one.</summary>
    /// <remarks>YAML needs <c>id</c>, JSON <c>prompt_id</c>, and either <c>template</c> or <c>messages</c>; a partial needs <c>partial</c> and <c>template</c>.
    /// Folders whose name begins with a dot and folders that are links are not entered.</remarks>
    public static ManifestFolder ReadFolder(string path)
    {
        var read = ReadEach(path);
        if (read.Manifests.Length + read.Partials.Length + read.Problems.Length == 0)
            return new ManifestFolder.Refused([new ManifestProblem(path, null, null, "There is no manifest here: no .yaml or .yml file with the keys id and template, and no .json file with prompt_id and template.")]);
        return read.Problems.IsEmpty ? new ManifestFolder.Parsed(read.Manifests, read.Partials, read.Others) : new ManifestFolder.Refused(read.Problems);
    }

    /// <summary>As <see cref="ReadFolder"/>, for those who go on with what is right beside what is wrong.</summary>
    public static ManifestsRead ReadEach(string path)
    {
        var (manifests, partials) = (new List<Manifest>(), new List<PartialManifest>());
        var others = ImmutableArray.CreateBuilder<string>();
        var problems = new List<ManifestProblem>();
        foreach (var file in Files(path, ".yaml .yml .json", problems))
        {
            if (!ManifestFiles.IsBelow(path, file))
            {
                problems.Add(new ManifestProblem(file, null, null, "This is a link that leads out of the folder."));
                continue;
            }
            switch (Read(file, reason: null, onlyManifests: true))
            {
                // JSON is what data and settings of all sorts are kept in; YAML in such a folder was probably meant.
                case null: if (!ManifestForm.Of(file).IsJson) others.Add(file); break;
                case ManifestResult.Parsed parsed: manifests.Add(parsed.Manifest); break;
                case ManifestResult.ParsedPartial parsed: partials.Add(parsed.Partial); break;
                case ManifestResult.Refused refused: problems.AddRange(refused.Problems); break;
            }
        }
        var ordered = ManifestOrder.Of(manifests, problems);
        return new ManifestsRead(ordered, PartialOrder.Of(partials, problems), others.ToImmutable(), [.. problems]);
    }

    private static ManifestResult? Read(string path, string? reason, bool onlyManifests)
    {
        switch (TextFile.Open(path))
        {
            // What cannot be read might be a manifest; to pass it over in silence would be a guess.
            case TextFile.Unreadable unreadable: return new ManifestResult.Refused([new ManifestProblem(path, unreadable.Line, unreadable.Column, unreadable.Why)]);
            case TextFile.Read { Text: var text }:
                var source = new ManifestSource(path, ManifestForm.Of(path), []);
                // Beside manifests lie data, and of data there may be much: it is not taken apart to find that it is none.
                if (onlyManifests && source.Form.IsJson && !text.Contains($"\"{source.Form.Id}\"", StringComparison.Ordinal)) return null;
                var root = source.Form.IsJson ? JsonReader.Read(path, text, source.Problems) : YamlReader.Read(path, text, source.Problems);
                Func<string, bool> has = root switch
                {
                    ManifestNode.Mapping mapping => key => mapping.Entries.Any(entry => entry.Key.Text == key),
                    null => KeysOfBroken(text, source.Form),    // its lines still tell
                    _ => _ => false,
                };
                var isPartial = PartialManifest.IsMarkedBy(source.Form, has);
                if (onlyManifests && !(isPartial ? has("template") : source.Form.IsMarkedBy(has))) return null;
                return isPartial ? PartialManifest.Read(source, root, reason) : Interpret(source, root, reason);
            default: throw new UnreachableException();
        }
    }

    private static Func<string, bool> KeysOfBroken(string text, ManifestForm form)
    {
        var keys = (form.IsJson ? JsonKey() : YamlKey()).Matches(text).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return keys.Contains;
    }

    /// <summary>The files below a folder, in ordinal order; folders whose name begins with a dot and folders that are links are not entered.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="endings">How their names may end, parted by spaces.</param>
    /// <param name="problems">Takes what keeps the folder from being read.</param>
    public static IEnumerable<string> Files(string folder, string endings, List<ManifestProblem> problems)
    {
        var wanted = endings.Split(' ');
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
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && wanted.Contains(Path.GetExtension(entry.FileName).ToString()),
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

    private static ManifestResult Interpret(ManifestSource source, ManifestNode? root, string? reason)
    {
        if (Mapping(source, root) is not { } mapping) return Refuse(source);
        var fields = new ManifestFields(source, mapping);
        fields.CheckStatus();
        var (prompt, version, owner) = (fields.Named<PromptName>(source.Form.Id), fields.Version(), fields.Named<MemberName>("owner"));
        var (template, messages, schema, tools, golden) = (fields.Template(), fields.Messages(), fields.Json("schema"), fields.Json("tools"), fields.GoldenSet());
        var submission = new Submission
        {
            Prompt = prompt ?? Unnamed,
            Version = version,
            BasedOn = fields.Other("based_on", version),
            Owner = owner,
            Model = fields.Text("model") ?? "",
            Template = template?.Text,
            Messages = messages?.Json,
            Schema = schema?.Value,
            GoldenSet = golden?.Id,
            RollbackTo = fields.Other("rollback_to", version),
            ChangeReason = fields.ChangeReason(reason) ?? "",
            ExpectedEffect = fields.Text("expected_effect"),
            CheckAfterRelease = fields.Text("check_after_release"),
            ChangeKind = fields.Change(),
            Linked = fields.Text("linked"),
            Variables = fields.Variables(),
            Parameters = fields.Parameters(),
            Tools = tools?.Value,
            Retrieval = fields.Retrieval(),
            Memory = fields.Memory(),
            Safety = fields.Safety(),
            PostProcessing = fields.PostProcessing(),
            Serving = fields.Serving(),
        };
        new ManifestCheck(source, fields.Find, mapping).Check(submission, template, messages, schema, tools);
        return source.Problems.Count > 0 ? Refuse(source) : new ManifestResult.Parsed(new Manifest(source.Path, submission, golden));
    }

    /// <summary>The keys and values of a manifest.</summary>
    /// <returns>Null, after saying so, where it is something else.</returns>
    public static ManifestNode.Mapping? Mapping(ManifestSource source, ManifestNode? root)
    {
        if (root is not (null or ManifestNode.Unread or ManifestNode.Mapping)) source.Report(root, $"A manifest is keys and values, as in {(source.Form.IsJson ? "{\"prompt_id\": \"support_router\"}" : "id: support_router")}");
        return root as ManifestNode.Mapping;
    }

    /// <summary>All that is wrong with a manifest, in the order in which it stands there.</summary>
    // A stable sort: the problems of other files keep the order in which they were read.
    public static ManifestResult.Refused Refuse(ManifestSource source) =>
        new([.. source.Problems.OrderBy(problem => problem.File == source.Path ? (0, problem.Line ?? 0, problem.Column ?? 0) : (1, 0, 0))]);

    [GeneratedRegex("^([a-z_]+)[ \t]*:", RegexOptions.Multiline)] private static partial Regex YamlKey();
    [GeneratedRegex("\"([a-z_]+)\"\\s*:")] private static partial Regex JsonKey();
}
