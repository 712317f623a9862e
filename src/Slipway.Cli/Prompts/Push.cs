using System.Text.Json;
using Slipway.Cli.Partials;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>Sends manifests to the server, one after the other, and says what became of each; the first that is refused ends it.</summary>
internal sealed class Push(CommandContext context, SlipwayApi api)
{
    private readonly List<JsonElement> documents = [];

    /// <summary>Whether the server has taken something, or had it already.</summary>
    public bool Any => documents.Count > 0;

    /// <summary>Sends all: the partials before the prompts that may include them.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> AllAsync(ManifestFolder.Parsed folder, CancellationToken cancellation)
    {
        foreach (var partial in folder.Partials)
            if (await SendAsync(partial, cancellation) is not ExitCode.Done and var failed) return failed;
        foreach (var manifest in folder.Manifests)
            if (await SendAsync(manifest, cancellation) is not ExitCode.Done and var failed) return failed;
        return ExitCode.Done;
    }

    /// <summary>Prints what came of it for programs.</summary>
    /// <param name="asList">As a list, else as the one document it is.</param>
    public void WriteJson(bool asList) =>
        context.Terminal.Json(asList ? JsonElement.Parse($"[{string.Join(',', documents.Select(document => document.GetRawText()))}]") : documents[0], ApiJson.Default.JsonElement);

    private async Task<int> SendAsync(PartialManifest manifest, CancellationToken cancellation)
    {
        switch (await api.SubmitPartialAsync(manifest.Name, new PartialRequest(manifest.Text, manifest.ChangeReason), cancellation))
        {
            case ApiResult<PartialDocument>.Ok { Value: var partial }:
                documents.Add(JsonSerializer.SerializeToElement(partial, ApiJson.Default.PartialDocument));
                if (!context.WantsJson) await PartialText.WritePushedAsync(context.Terminal, api, partial, cancellation);
                return ExitCode.Done;
            case ApiResult<PartialDocument>.Failed failed: return Fail(manifest.Path, failed.Failure);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<int> SendAsync(Manifest manifest, CancellationToken cancellation)
    {
        if (manifest.Golden is { } file)
        {
            var golden = await api.PushGoldenSetAsync(file.Id, file.JsonLines, cancellation);
            if (golden is ApiResult<GoldenSetDocument>.Failed noGolden) return Fail(file.Path, noGolden.Failure);
            if (golden is ApiResult<GoldenSetDocument>.Ok { Value: { Created: true } set } && !context.WantsJson) context.Terminal.Line($"{set.Set}  {Evaluations.ReportText.Cases(set.Cases)}");
        }
        switch (await api.SubmitAsync(manifest.Submission, cancellation))
        {
            case ApiResult<VersionDocument>.Ok { Value: var version }:
                documents.Add(JsonSerializer.SerializeToElement(version, ApiJson.Default.VersionDocument));
                if (!context.WantsJson) await WriteAsync(version, isNumbered: manifest.Submission.Version is null, cancellation);
                return ExitCode.Done;
            case ApiResult<VersionDocument>.Failed failed: return Fail(manifest.Path, failed.Failure);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task WriteAsync(VersionDocument version, bool isNumbered, CancellationToken cancellation)
    {
        var terminal = context.Terminal;
        if (!version.Created)
        {
            terminal.Line($"{version.Version} is there already");
            return;
        }
        terminal.Line($"{version.Version}  {version.Package}");
        if (version.Record.BasedOn is not { } before)
        {
            terminal.Line($"  the first version of {version.Version.Prompt}");
            return;
        }
        switch (await api.DiffAsync(new VersionId(version.Version.Prompt, before).ToString(), version.Version.ToString(), cancellation))
        {
            case ApiResult<VersionDiffDocument>.Ok { Value: var diff }:
                var change = diff.Reasons.IsEmpty ? $"behaves as {before} does" : $"a {diff.Step.ToString().ToLowerInvariant()} change of {before}: {string.Join(", ", diff.Reasons)}";
                terminal.Line($"  {(isNumbered ? $"numbered {version.Version.Number}, as it {(diff.Reasons.IsEmpty ? "" : "is ")}" : "")}{change}");
                break;
            case ApiResult<VersionDiffDocument>.Failed { Failure: var failure }:
                terminal.Remark($"It was pushed, but what it changes cannot be shown: {failure.Message}");
                break;
        }
    }

    private int Fail(string path, ApiFailure failure) => context.Fail(CommandContext.About(path, failure));
}
