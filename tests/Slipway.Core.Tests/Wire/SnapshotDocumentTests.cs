using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

public sealed class SnapshotDocumentTests
{
    private static readonly ImmutableArray<Condition> SomeConditions =
    [
        new("plan", ConditionOperator.In, ["pro", "team"]), new("region", ConditionOperator.Prefix, ["eu-"], not: true), new("beta", ConditionOperator.Present, []),
        new("app", ConditionOperator.VersionGte, ["1.6.0"]), new("tickets", ConditionOperator.NumberLt, ["10"]), new("address", ConditionOperator.Cidr, ["10.0.0.0/8", "2001:db8::/32"]),
    ];

    private static readonly Gen<ServedVersion> Served =
        from major in Gen.Choose(1, 9)
        from name in Gen.Elements("support_router", "refunds")
        select new ServedVersion(new VersionId(Some.Parse<PromptName>(name), Some.Parse<VersionNumber>($"{major}.0.0")), Some.Hash($"{name} {major}"));

    private static readonly Gen<CandidateRoute> Candidate =
        from served in Served
        from release in Gen.Choose(1, 99)
        from weight in Gen.Choose(0, 1_000_000)
        from salt in Gen.Elements("rel-0001", "", "соль")
        from epoch in Gen.Choose(1, 9)
        from conditions in Gen.SubListOf(SomeConditions.AsEnumerable())
        select new CandidateRoute(new ReleaseId(release), served, Ppm(weight), salt, epoch, new Eligibility([.. conditions]));

    private static readonly Gen<(VariantKey, ServedVersion)> Variant =
        from tenant in Gen.Elements(null, "acme", "globex", "")
        from model in Gen.Elements("fast", "large")
        from served in Served
        from both in Gen.Elements(true, false)
        select (tenant is null || both ? new VariantKey(tenant, model) : new VariantKey(tenant, null), served);

    private static readonly Gen<Route> Routes =
        from name in Gen.Elements("support_router", "refunds", "a", "b/c")
        from revision in Gen.Choose(1, 1000)
        from stable in Served
        from candidate in Candidate.OrNull()
        from back in Served.OrNull()
        from variants in Variant.ListOf().Resize(4)
        from policy in Gen.Elements(ServingPolicy.Default, new ServingPolicy(ContractPolicy.Fallback, CapturePolicy.None, ["[0-9]{6}"]))
        select new Route(
            Some.Parse<PromptName>(name), revision, stable, candidate, back, policy, variants.DistinctBy(variant => variant.Item1).ToFrozenDictionary(variant => variant.Item1, variant => variant.Item2));

    private static readonly Gen<Snapshot> Snapshots =
        from routes in Routes.ListOf().Resize(5)
        select Snapshot.Empty(Some.Production).With(routes);

    private static readonly Gen<ResolveRequest> Requests =
        from prompt in Gen.Elements("support_router", "refunds", "a", "b/c", "other")
        from unit in Gen.Choose(0, 50).Select(unit => unit == 0 ? null : $"conversation-{unit}")
        from tenant in Gen.Elements(null, "acme", "globex", "initech", "")
        from model in Gen.Elements(null, "fast", "large", "other")
        from plan in Gen.Elements(null, "pro", "free")
        from lease in Gen.Elements(true, false)
        select new ResolveRequest(prompt, unit, tenant, model, plan is null ? null : new Dictionary<string, string> { ["plan"] = plan, ["beta"] = "", ["app"] = "1.7.0", ["tickets"] = "3", ["address"] = "10.1.1.1" }, lease);

    [Fact]
    public void A_record_reads_back_as_it_was_written() => Prop.ForAll(Routes.ToArbitrary(), route =>
        Json(RouteDocument.Of(route)) == Json(RouteDocument.Of(Read(Json(RouteDocument.Of(route))).ToRoute()))).QuickCheckThrowOnFailure();

    [Fact]
    public void Whoever_reads_a_table_resolves_as_whoever_wrote_it() => Prop.ForAll(Snapshots.ToArbitrary(), Requests.ToArbitrary(), (snapshot, request) =>
    {
        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(SnapshotDocument.Of(snapshot), ApiJson.Default.SnapshotDocument), ApiJson.Default.SnapshotDocument)!.ToSnapshot();
        return read.Revision == snapshot.Revision && Resolver.Resolve(read, request) == Resolver.Resolve(snapshot, request) && Resolver.Explain(read, request) == Resolver.Explain(snapshot, request);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void What_this_build_does_not_understand_is_given_on_as_it_came() => Prop.ForAll(Routes.ToArbitrary(), route =>
    {
        if (route.Candidate is null) return true;
        var strange = RouteDocument.Of(route);
        strange = strange with { Candidate = strange.Candidate! with { Algorithm = "siphash" } };
        return Json(strange) == Json(RouteDocument.Of(strange.ToRoute()));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"algorithm":"siphash"}""")]
    [InlineData("""{"eligibility":[{"attribute":"plan","operator":"sounds_like","values":["pro"],"not":false}]}""")]
    [InlineData("""{"eligibility":[{"attribute":"plan","operator":"sounds_like","values":["pro"],"not":true}]}""")]
    [InlineData("""{"eligibility":[{"attribute":"plan","operator":"equals","values":["pro"]},{"attribute":"plan","operator":"sounds_like"}]}""")]
    [InlineData("""{"eligibility":[{"attribute":"app","operator":"version_gt","values":["2"],"not":true}]}""")]
    [InlineData("""{"eligibility":[{"attribute":"app","operator":"present","values":["2"],"not":false}]}""")]
    [InlineData("""{"weight_ppm":1000001}""")]
    [InlineData("""{"weight_ppm":-1}""")]
    public void What_this_build_does_not_understand_means_stable_for_everybody(string change)
    {
        var candidate = """{"release":"rel-2","served":{"version":"support_router:v1.1.0","package":"sha256:HASH"},"weight_ppm":1000000,"salt":"s","algorithm":"murmur3_x86_32/ppm","epoch":1,"eligibility":[]}""";
        var fields = System.Text.Json.Nodes.JsonNode.Parse(candidate.Replace("sha256:HASH", Some.Hash("b").ToString(), StringComparison.Ordinal))!.AsObject();
        foreach (var field in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject()) fields[field.Key] = field.Value?.DeepClone();
        var document = RouteDocument.Of(new Route(Some.Prompt, 7, new ServedVersion(Some.Version("1.0.0"), Some.Hash("a")), null, null, ServingPolicy.Default)) with
        {
            Candidate = fields.Deserialize(ApiJson.Default.RouteDocument.Options.GetTypeInfo(typeof(CandidateDocument))) as CandidateDocument,
        };
        var snapshot = new SnapshotDocument(Some.Production, 7, [document]).ToSnapshot();
        Assert.All(Enumerable.Range(0, 20), unit =>
        {
            var request = new ResolveRequest("support_router", $"conversation-{unit}", Attributes: new Dictionary<string, string> { ["plan"] = "pro", ["app"] = "3.0.0" });
            Assert.Equal(new Decision.Serve(new ServedVersion(Some.Version("1.0.0"), Some.Hash("a")), Arm.Stable, new ReleaseId(2), 1, 7, ResolveReason.NotUnderstood), Resolver.Resolve(snapshot, request));
            Assert.Equal("this build does not know how the release chooses its units, so stable", Resolver.Explain(snapshot, request));
        });
    }

    [Fact]
    public void A_variant_for_nobody_in_particular_is_passed_over()
    {
        var stable = new ServedVersion(Some.Version("1.0.0"), Some.Hash("a"));
        var document = RouteDocument.Of(new Route(Some.Prompt, 7, stable, null, null, ServingPolicy.Default)) with { Variants = [new VariantDocument(null, null, stable), new VariantDocument("acme", null, stable)] };
        Assert.Equal([new VariantKey("acme", null)], document.ToRoute().Variants.Keys);
    }

    [Fact]
    public void An_older_record_does_not_replace_a_newer_one()
    {
        var snapshot = Snapshot.Empty(Some.Production).With([At(9, "1.1.0"), At(7, "1.0.0")]).With([At(8, "1.0.0")]);
        Assert.Equal((9, "1.1.0"), (snapshot.Revision, snapshot.Routes["support_router"].Stable.Version.Number.Text));

        static Route At(long revision, string version) => new(Some.Prompt, revision, new ServedVersion(Some.Version(version), Some.Hash(version)), null, null, ServingPolicy.Default);
    }

    private static Share Ppm(int partsPerMillion) => Share.TryOf(partsPerMillion, out var share) ? share : throw new ArgumentOutOfRangeException(nameof(partsPerMillion));

    private static string Json(RouteDocument document) => JsonSerializer.Serialize(document, ApiJson.Default.RouteDocument);

    private static RouteDocument Read(string json) => JsonSerializer.Deserialize(json, ApiJson.Default.RouteDocument)!;
}
