using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Partials;
using Slipway.Server.Providers;

namespace Slipway.Server.Prompts;

/// <summary>Freezes a submission: the alias becomes a model, names of partials become exact versions, and the package is stored.</summary>
internal sealed class PackageBuilder(ObjectKeeper objects, PartialTexts partials, ModelProviders providers)
{
    /// <summary>Builds and stores the package of a submission.</summary>
    /// <returns>Null where something is wrong.</returns>
    public Package? Build(Submission submission, Registry registry, out IResult? wrong)
    {
        // A version that exists is built as it was then: what aliases and partials mean now is no reason to refuse the same manifest.
        var existing = SubmitVersion.Existing(registry, submission, package: null);
        if (Model(submission, registry, existing, out wrong) is not { } model) return null;
        if (submission.Serving?.Fallbacks.FirstOrDefault(fallback => providers.Find(fallback.Provider) is null) is { } strange)
        {
            wrong = Refusals.Unknown(providers.Missing(strange.Provider));
            return null;
        }
        var pins = PartialPins.Of(registry.Partials, submission.PartialReferences(), existing?.Facts.Partials ?? []);
        if (pins is not PartialPins.Pinned { All: var pinned })
        {
            wrong = Refusals.Invalid(((PartialPins.Refused)pins).Errors);
            return null;
        }
        switch (Package.Build(submission, model, [.. pinned.Select(partials.Pinned)]))
        {
            case PackageBuild.Built { Package: var package }:
                // The object first: a version in the journal must never name a package that is not there.
                objects.Put(package.Json);
                return package;
            case PackageBuild.Refused refused:
                wrong = Refusals.Invalid(refused.Errors);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private ModelReference? Model(Submission submission, Registry registry, PromptVersion? existing, out IResult? wrong)
    {
        wrong = null;
        var models = registry.Models;
        var model = !ModelReference.TryParse(submission.Model, out _) && existing?.Facts.Model is { } frozen ? frozen : models.Resolve(submission.Model);
        if (model is null)
            wrong = Refusals.Unknown($"model names {submission.Model}, which is neither an alias of the catalog ({(models.Aliases.IsEmpty ? "it is empty" : string.Join(", ", models.Aliases.Keys))}) nor PROVIDER/MODEL; make it one with: slipway model set {submission.Model} PROVIDER/MODEL");
        else if (providers.Find(model.Provider) is null)
            wrong = Refusals.Unknown(providers.Missing(model.Provider));
        return wrong is null ? model : null;
    }
}
