using System.Buffers;
using System.Collections.Frozen;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests;

/// <summary>What runs in the path of every request makes no garbage.</summary>
public sealed class AllocationTests
{
    private static readonly ServedVersion Stable = new(Some.Version("1.0.0"), Some.Hash("1.0.0")), Candidate = new(Some.Version("1.1.0"), Some.Hash("1.1.0"));

    [Theory]
    [InlineData("support_router", ResolveReason.OutsideCanary)]
    [InlineData("for_some", ResolveReason.OutsideCanary)]
    [InlineData("quiet", ResolveReason.NoRelease)]
    [InlineData("varied", ResolveReason.Variant)]
    public void Resolving_allocates_nothing(string prompt, ResolveReason reason)
    {
        Condition[] conditions = [new("plan", ConditionOperator.In, ["pro"]), new("app", ConditionOperator.VersionGte, ["1.6.0"]), new("address", ConditionOperator.Cidr, ["10.0.0.0/8"])];
        var variants = new Dictionary<VariantKey, ServedVersion> { [new("globex", null)] = Stable, [new(null, "large")] = Stable }.ToFrozenDictionary();
        var snapshot = Snapshot.Empty(Some.Production).With(
        [
            Named("support_router", Under(Eligibility.Everybody), variants), Named("for_some", Under(new Eligibility([.. conditions])), variants), Named("quiet", null, null),
            Named("varied", Under(Eligibility.Everybody), new Dictionary<VariantKey, ServedVersion> { [new("acme", "small")] = Stable }.ToFrozenDictionary()),
        ]);
        var attributes = new Dictionary<string, string> { ["plan"] = "pro", ["app"] = "2.0.0", ["address"] = "10.1.2.3" };
        var request = new ResolveRequest(prompt, "5c3d8535-f81a-4478-a6d3-afaa4d51199e", "acme", "small", attributes);
        Assert.Equal(reason, Assert.IsType<Decision.Serve>(Resolver.Resolve(snapshot, request)).Reason);
        Assert.Equal(0, AllocatedBy(() => Resolver.Resolve(snapshot, request)));
    }

    [Theory]
    [InlineData("""{"name":"Marguerite","tier":"plus","locale":"en-GB","subject":"Cannot sign in"}""")]
    [InlineData("""{"name":"Marguerite \"M.\"","tier":"p\u006cus","locale":"en-GB","subject":"Line one\nline two 😀"}""")]
    public void Writing_a_text_for_a_request_allocates_nothing(string values)
    {
        var template = Assert.IsType<TemplateParse.Parsed>(Template.Parse("Hello {{name}},\nyou are on \"{{tier}}\".\n{{#locale}}Write {{locale}}.{{/locale}} Subject: {{subject}}")).Template;
        var (output, variables) = (new ArrayBufferWriter<byte>(4096), Some.Json(values));
        Assert.Equal(0, AllocatedBy(() =>
        {
            output.ResetWrittenCount();
            return template.RenderJson(output, variables).IsEmpty;
        }));
    }

    [Fact]
    public void Writing_the_messages_of_a_request_allocates_nothing()
    {
        var package = Some.Package(Some.Submission(template: "Hello {{name}}, you are on {{tier}}.", variables: """{"name":{"type":"string"},"tier":{"type":"string","enum":["plus","basic"]}}"""));
        var (output, variables) = (new ArrayBufferWriter<byte>(4096), Some.Json("""{"name":"Marguerite","tier":"plus"}"""));
        Assert.Equal(0, AllocatedBy(() =>
        {
            output.ResetWrittenCount();
            return package.WriteMessages(output, variables, []).IsEmpty;
        }));
        Assert.Equal("""[{"role":"system","content":"Hello Marguerite, you are on plus."}]""", System.Text.Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static CandidateRoute Under(Eligibility eligibility) => new(new ReleaseId(2), Candidate, Some.Share("0.0001%"), "rel-0001", 1, eligibility);

    private static Route Named(string prompt, CandidateRoute? candidate, FrozenDictionary<VariantKey, ServedVersion>? variants) =>
        new(Some.Parse<PromptName>(prompt), 7, Stable, candidate, null, ServingPolicy.Default, variants);

    private static long AllocatedBy<T>(Func<T> what)
    {
        for (var i = 0; i < 100; i++) what();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) what();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
