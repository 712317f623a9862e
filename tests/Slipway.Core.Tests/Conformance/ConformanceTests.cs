using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Tests;

namespace Slipway.Core.Tests.Conformance;

/// <summary>The cases that every SDK is held to, run against the one that Slipway itself uses.</summary>
public sealed class ConformanceTests
{
    private static readonly JsonElement Buckets = Read("bucket"), Resolutions = Read("resolve"), Renderings = Read("render");

    private static readonly Snapshot Table = Resolutions.GetProperty("snapshot").Deserialize(ApiJson.Default.SnapshotDocument)!.ToSnapshot();

    public static TheoryData<string> Hashed => Names(Buckets, "hash");

    public static TheoryData<string> Bucketed => Names(Buckets, "bucket");

    public static TheoryData<string> Resolved => Names(Resolutions, "cases");

    public static TheoryData<string> RenderedCases => Names(Renderings, "cases");

    [Theory]
    [MemberData(nameof(Hashed))]
    public void Hash(string name)
    {
        var one = Case(Buckets, "hash", name);
        Assert.Equal(Text(one, "hash"), $"{Bucket.Hash(Convert.FromHexString(Text(one, "bytes")!)):x8}");
    }

    [Theory]
    [MemberData(nameof(Bucketed))]
    public void Place(string name)
    {
        var one = Case(Buckets, "bucket", name);
        var (salt, key) = (Text(one, "salt")!, Text(one, "key")!);
        Assert.Equal((Text(one, "hash"), one.GetProperty("bucket").GetInt32()), ($"{Bucket.Hash(Encoding.UTF8.GetBytes(salt + "\0" + key)):x8}", Bucket.Of(salt, key)));
    }

    [Theory]
    [MemberData(nameof(Resolved))]
    public void Resolve(string name)
    {
        var one = Case(Resolutions, "cases", name);
        var asked = one.GetProperty("request");
        var attributes = asked.GetProperty("attributes") is { ValueKind: JsonValueKind.Object } known ? known.EnumerateObject().ToDictionary(attribute => attribute.Name, attribute => attribute.Value.GetString()!) : null;
        var request = new ResolveRequest(Text(asked, "prompt")!, Text(asked, "unit_key"), Text(asked, "tenant"), Text(asked, "model"), attributes, asked.GetProperty("lease_expired").GetBoolean());
        var expected = one.GetProperty("expected");
        if (Resolver.Resolve(Table, request) is not Decision.Serve serve)
        {
            Assert.Equal(JsonValueKind.Null, expected.ValueKind);
            return;
        }
        var answer = new JsonObject
        {
            ["version"] = serve.Served.Version.ToString(),
            ["package"] = serve.Served.Package.Value,
            ["arm"] = JsonSerializer.SerializeToNode(serve.Arm),
            ["release"] = serve.Release?.ToString(),
            ["epoch"] = serve.Epoch,
            ["revision"] = serve.Revision,
            ["reason"] = JsonSerializer.SerializeToNode(serve.Reason),
        };
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.GetRawText()), answer), answer.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(RenderedCases))]
    public void Render(string name)
    {
        var one = Case(Renderings, "cases", name);
        var document = JsonNode.Parse(one.GetProperty("package").GetRawText())!.AsObject();
        (document["format"], document["model"], document["parameters"]) = ("slipway.package/1", "offline/offline-2026-11", new JsonObject());
        var package = Package.Load(Encoding.UTF8.GetBytes(document.ToJsonString())) is PackageBuild.Built built ? built.Package : throw new InvalidOperationException($"The package of \"{name}\" is wrong.");
        JsonElement? values = one.GetProperty("values") is { ValueKind: not JsonValueKind.Null } given ? given : null;
        ImmutableArray<ChatMessage> conversation = [.. one.GetProperty("conversation").EnumerateArray().Select(message => ChatMessage.Read(message, out _) ?? throw new InvalidOperationException($"A message of \"{name}\" is wrong."))];
        var written = new ArrayBufferWriter<byte>();
        var answer = package.Render(values, conversation) switch
        {
            PromptRendering.Done done => new JsonObject { ["messages"] = JsonSerializer.SerializeToNode(done.Messages) },
            PromptRendering.Refused refused => new JsonObject { ["problems"] = Problems(refused.Problems) },
            _ => throw new InvalidOperationException(),
        };
        var straight = package.WriteMessages(written, values, conversation) is { IsEmpty: false } problems
            ? new JsonObject { ["problems"] = Problems(problems) }
            : new JsonObject { ["messages"] = JsonNode.Parse(written.WrittenSpan) };
        Assert.All([answer, straight], got => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(one.GetProperty("expected").GetRawText()), got), got.ToJsonString()));
    }

    [Fact]
    public void Every_reason_is_in_a_case_that_an_SDK_can_be_asked_for() => Assert.Equal(
        Enum.GetValues<ResolveReason>().Where(reason => reason is not (ResolveReason.Pinned or ResolveReason.Shadowed)).Select(reason => JsonSerializer.SerializeToElement(reason).GetString()).Order(),
        Resolutions.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("expected")).Where(expected => expected.ValueKind == JsonValueKind.Object).Select(expected => Text(expected, "reason")).Distinct().Order());

    [Fact]
    public void Every_operator_is_in_a_case() => Assert.Empty(
        Enum.GetValues<ConditionOperator>().Except(Table.Routes.Values.SelectMany(route => route.Candidate?.Eligibility.Conditions ?? []).Select(condition => condition.Operator)));

    private static JsonArray Problems(ImmutableArray<VariableProblem> problems) =>
        [.. problems.Select(problem => problem.Variable).Distinct().OrderBy(variable => variable, StringComparer.Ordinal).Select(variable => new JsonObject { ["variable"] = variable })];

    private static TheoryData<string> Names(JsonElement file, string list) => [.. file.GetProperty(list).EnumerateArray().Select(one => Text(one, "name")!)];

    private static JsonElement Case(JsonElement file, string list, string name) => file.GetProperty(list).EnumerateArray().Single(one => Text(one, "name") == name);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static JsonElement Read(string name) => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "conformance", name + ".json")));
}
