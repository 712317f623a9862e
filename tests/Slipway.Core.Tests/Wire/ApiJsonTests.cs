using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Tests.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

public sealed class ApiJsonTests
{
    [Theory]
    [InlineData("""{"prompt":"support_router"}""")]
    [InlineData("""{"prompt":"support_router","key":"user-1","environment":"staging"}""")]
    [InlineData("""{"prompt":"support_router","tenant":"acme","model":"fast","attributes":{"plan":"pro"}}""")]
    public void What_may_be_left_out_of_a_request_may_be_left_out(string json) =>
        Assert.Equal("support_router", Read(json, ApiJson.Default.ResolveQuery).Prompt);

    [Fact]
    public void A_proposal_needs_only_its_candidate() => Assert.Equal(
        new ProposalDocument(Some.Version("1.1.0"), null, null), Read("""{"candidate":"support_router:v1.1.0"}""", ApiJson.Default.ProposalDocument));

    [Fact]
    public void A_rollback_needs_only_the_prompt_and_the_reason() => Assert.Equal(
        new RollbackRequest(Some.Prompt, "it answers nonsense", null), Read("""{"prompt":"support_router","reason":"it answers nonsense"}""", ApiJson.Default.RollbackRequest));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"prompt":null}""")]
    [InlineData("""{"prompt":"a","kee":"b"}""")]
    [InlineData("""{"prompt":"a","environment":"prod"}""")]
    public void A_request_that_lacks_or_misspells_something_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => Read(json, ApiJson.Default.ResolveQuery));

    [Theory]
    [InlineData("""{"member":"ana","roles":[42]}""")]
    [InlineData("""{"member":"ana","roles":[1]}""")]
    [InlineData("""{"member":"ana","roles":["owner"]}""")]
    [InlineData("""{"member":"ana"}""")]
    public void A_member_has_only_roles_there_are(string json) => Assert.ThrowsAny<JsonException>(() => Read(json, ApiJson.Default.MemberDocument));

    [Fact]
    public void A_first_release_reads_back_as_it_was_written()
    {
        var installation = Some.Installation();
        var release = installation[installation.Ask("1.0.0")];
        RoundTrip(ReleaseDocument.From(release, installation.State, [], null, []), ApiJson.Default.ReleaseDocument);
    }

    [Fact]
    public void A_running_release_reads_back_as_it_was_written()
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(ReleaseState.Canary)];
        RoundTrip(ReleaseDocument.From(release, installation.State, Some.Proof(release.Plan), "wait", []), ApiJson.Default.ReleaseDocument);
    }

    [Fact]
    public void A_resolution_without_a_release_reads_back_as_it_was_written() => RoundTrip(
        new ResolveDocument(Some.Version("1.0.0"), Some.Hash("package"), Arm.Stable, null, 7, ResolveReason.NoRelease, "no release is active"), ApiJson.Default.ResolveDocument);

    [Fact]
    public void What_is_live_reads_back_as_it_was_written()
    {
        var installation = Some.LiveInstallation();
        RoundTrip<ImmutableArray<LiveDocument>>([Live()], ApiJson.Default.ImmutableArrayLiveDocument);
        installation.Release(ReleaseState.Canary);
        RoundTrip<ImmutableArray<LiveDocument>>([Live()], ApiJson.Default.ImmutableArrayLiveDocument);

        LiveDocument Live() => LiveDocument.Of(installation.State.Releases.Live(Some.Prompt, Some.Production)!, installation.State);
    }

    [Fact]
    public void Duties_read_back_as_they_were_written() => RoundTrip(DutiesDocument.Of(Story.Tell().State, Some.Prompt), ApiJson.Default.DutiesDocument);

    [Fact]
    public void A_change_of_duties_needs_nothing() => Assert.Equal(new DutiesChange(), Read("{}", ApiJson.Default.DutiesChange));

    [Fact]
    public void A_submission_reads_back_as_it_was_written() => RoundTrip(
        Some.Submission(variables: """{"b":{"type":"string"},"a":{"type":"integer","default":1}}""") with { ChangeKind = new ChangeKinds(ChangeKind.Tone) }, ApiJson.Default.Submission);

    private static T Read<T>(string json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;

    private static void RoundTrip<T>(T document, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.Serialize(document, type);
        Assert.Equal(json, JsonSerializer.Serialize(Read(json, type), type));
    }
}
