using System.Collections.Immutable;
using Slipway.Cli.Partials;
using Slipway.Cli.Prompts;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Cli.Ci;

/// <summary>Freezes manifests as a server would at a push, with the partials of their folder and the models that somebody named.</summary>
/// <param name="partials">The partials of the folder.</param>
/// <param name="resolve">The model that an alias or a full name stands for; null for neither.</param>
internal sealed class PackageWorks(ImmutableArray<PartialManifest> partials, Func<string, ModelReference?> resolve)
{
    private readonly Dictionary<string, PartialManifest> byName = partials.ToDictionary(partial => partial.Name.Value, StringComparer.Ordinal);

    /// <summary>The model that an alias or a full name stands for; null for neither.</summary>
    public ModelReference? Resolve(string name) => resolve(name);

    /// <summary>Builds the package of a manifest, or says why not.</summary>
    public BuiltPrompt Build(Manifest manifest)
    {
        var submission = manifest.Submission;
        var errors = new List<string>();
        var pinned = new Dictionary<string, PinnedPartial>(StringComparer.Ordinal);
        foreach (var reference in submission.PartialReferences()) Pin(reference, pinned, errors);
        if (resolve(submission.Model) is not { } model)
        {
            errors.Add($"model names {submission.Model}, and without a server nobody says which model that is. Write {{\"models\": {{\"{submission.Model}\": \"PROVIDER/MODEL\"}}}} " +
                $"into {CiSettings.FileName} in the folder, or name it with --model {submission.Model}=PROVIDER/MODEL");
            return new BuiltPrompt(manifest, null, [.. errors]);
        }
        if (errors.Count > 0) return new BuiltPrompt(manifest, null, [.. errors]);
        return Package.Build(submission, model, pinned.Values) switch
        {
            PackageBuild.Built built => new BuiltPrompt(manifest, built.Package, []),
            PackageBuild.Refused refused => new BuiltPrompt(manifest, null, refused.Errors),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // Which number a partial's text has only a server knows: a tag that names one gets the folder's text under that number, one that names none
    // gets it as the first.
    private void Pin(string reference, Dictionary<string, PinnedPartial> pinned, List<string> errors)
    {
        var name = reference.Split('@')[0];
        if (!byName.TryGetValue(name, out var partial))
        {
            errors.Add($"The partial {name} is not in this folder; keep its manifest here, beside the prompts that include it.");
            return;
        }
        var isExact = PartialId.TryParse(reference, out var exact);
        if (pinned.TryGetValue(name, out var known))
        {
            if (isExact && known.Id != exact) errors.Add($"Both {known.Id} and {exact} are included; a prompt takes one version of a partial.");
            return;
        }
        pinned[name] = new PinnedPartial(isExact ? exact! : new PartialId(partial.Name, 1), partial.Text);
        foreach (var inside in Template.References(partial.Text)) Pin(inside, pinned, errors);
    }
}
