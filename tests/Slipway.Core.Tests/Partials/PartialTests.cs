using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Partials;

public sealed class PartialTests
{
    private readonly Installation installation = Some.Installation();

    [Fact]
    public void A_partial_is_numbered_from_one_and_the_same_text_again_makes_no_version()
    {
        Assert.Equal("privacy@1", Push("privacy")!.ToString());
        Assert.Null(Push("privacy"));
        Assert.Equal("privacy@2", Push("privacy", text: "other")!.ToString());
        Assert.Equal("ana submitted the partial privacy@2", $"{installation.Entries[^1].Actor} {installation.Entries[^1].Read().Sentence}"[..35]);
    }

    [Fact]
    public void A_package_holds_the_exact_partials_it_was_made_with()
    {
        Push("privacy");
        Push("tone", includes: "privacy");
        installation.Submit(Some.Submission("1.4.0", "Route.\n{{> tone}}"));
        Assert.Equal(["privacy@1", "tone@1"], installation.State.Prompts.Find(Some.Version("1.4.0"))!.Facts.Partials.Select(id => id.ToString()));
        Push("tone", text: "newer", includes: "privacy");
        Assert.Equal(["privacy@1", "tone@1"], installation.State.Prompts.Find(Some.Version("1.4.0"))!.Facts.Partials.Select(id => id.ToString()));
        installation.Submit(Some.Submission("1.5.0", "Route.\n{{> tone}}"));
        installation.Submit(Some.Submission("1.6.0", "Route.\n{{> tone@1}}"));
        Assert.Equal("tone@2", installation.State.Prompts.Find(Some.Version("1.5.0"))!.Facts.Partials[^1].ToString());
        Assert.Equal("tone@1", installation.State.Prompts.Find(Some.Version("1.6.0"))!.Facts.Partials[^1].ToString());
    }

    [Fact]
    public void Partials_and_safety_layers_are_rendered_in_their_places_and_read_back_from_the_package()
    {
        var package = Some.Package(
            Some.Submission(template: "Route {{ticket}}.\n{{> tone@2}}") with { Safety = ["privacy"] }, null,
            new PinnedPartial(Some.Parse<PartialId>("tone@2"), "Be brief, {{customer}}."), new PinnedPartial(Some.Parse<PartialId>("privacy@1"), "Never repeat {{customer}}'s number."));
        Assert.Equal(["customer", "ticket"], package.RequiredVariables);
        Assert.Equal(["privacy@1", "tone@2"], package.Partials.Select(id => id.ToString()));
        var again = Assert.IsType<PackageBuild.Built>(Package.Load(package.Json.Span)).Package;
        foreach (var one in (Package[])[package, again])
        {
            var done = Assert.IsType<PromptRendering.Done>(one.Render(Some.Json("""{"ticket":"#1","customer":"Ida"}"""), [new("user", "Hello")]));
            Assert.Equal(["system: Never repeat Ida's number.", "system: Route #1.\nBe brief, Ida.", "user: Hello"], done.Messages.Select(message => $"{message.Role}: {message.Content}"));
        }
        Assert.Contains("\"safety\":[\"privacy@1\"]", Encoding.UTF8.GetString(package.Json.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "There is no partial nothing; there are a, b, c, d, e.")]
    [InlineData("a@7", "a has no version 7; the newest is a@1.")]
    [InlineData("Privacy", "\"Privacy\" names no partial: it must be PARTIAL@VERSION, as in global/privacy@3, or the name alone for the newest.")]
    [InlineData("a@0", "\"a@0\" names no partial: it must be PARTIAL@VERSION, as in global/privacy@3, or the name alone for the newest.")]
    [InlineData("a@01", "\"a@01\" names no partial: it must be PARTIAL@VERSION, as in global/privacy@3, or the name alone for the newest.")]
    public void A_partial_that_is_not_there_is_named(string reference, string sentence)
    {
        Chain("a", "b", "c", "d", "e");
        Assert.Equal([sentence], Assert.IsType<PartialPins.Refused>(PartialPins.Of(installation.State.Partials, [reference], [])).Errors);
    }

    [Fact]
    public void Partials_reach_five_deep_and_no_deeper()
    {
        Chain("a", "b", "c", "d", "e");
        Assert.Equal(5, Assert.IsType<PartialPins.Pinned>(PartialPins.Of(installation.State.Partials, ["e"], [])).All.Length);
        Assert.Equal("Partials reach deeper than 5: f > e > d > c > b > a.", Refused("f", "e"));
    }

    [Fact]
    public void A_partial_never_includes_itself_by_any_way()
    {
        Chain("a", "b", "c");
        Assert.Equal("The partial a would include itself: a > a.", Refused("a", "a"));
        Assert.Equal("The partial a would include itself: a > c > b > a.", Refused("a", "c"));
        Assert.Equal("The partial a would include itself: a > b > a.", Refused("a", "b@1"));
    }

    [Fact]
    public void A_prompt_takes_one_version_of_a_partial()
    {
        Push("privacy");
        Push("tone", includes: "privacy");
        Push("privacy", text: "newer");
        Assert.Equal(
            ["Both privacy@2 and privacy@1 are included; a prompt takes one version of a partial. Submit the partials between them anew, or name one version."],
            Assert.IsType<PartialPins.Refused>(PartialPins.Of(installation.State.Partials, ["privacy", "tone"], [])).Errors);
        Assert.IsType<PartialPins.Pinned>(PartialPins.Of(installation.State.Partials, ["privacy@1", "tone"], []));
        Push("tone", includes: "privacy");
        Assert.IsType<PartialPins.Pinned>(PartialPins.Of(installation.State.Partials, ["privacy", "tone"], []));
    }

    [Fact]
    public void A_version_made_before_keeps_its_partials_when_it_is_built_again()
    {
        Push("privacy");
        Push("privacy", text: "newer");
        var pinned = Assert.IsType<PartialPins.Pinned>(PartialPins.Of(installation.State.Partials, ["privacy"], [Some.Parse<PartialId>("privacy@1")]));
        Assert.Equal("privacy@1", Assert.Single(pinned.All).Id.ToString());
    }

    [Fact]
    public void Only_an_author_submits_a_partial_and_says_why()
    {
        Assert.Equal("boris may not submit partials: it needs the role author, which ana has.", installation.Refuses(Submit("a", by: Some.Boris)).Reason);
        Assert.StartsWith("change_reason \"update\" does not say why", installation.Refuses(Submit("a", reason: "update")).Reason, StringComparison.Ordinal);
    }

    private void Chain(params string[] names)
    {
        string? before = null;
        foreach (var name in names)
        {
            Push(name, includes: before);
            before = name;
        }
    }

    private string Refused(string name, string includes) => installation.Refuses(Submit(name, text: "new", includes: includes)).Reason;

    private PartialId? Push(string name, string text = "text", string? includes = null) =>
        installation.Do(Submit(name, text, includes)) is [PartialSubmitted submitted] ? submitted.Partial : null;

    private static SubmitPartial Submit(string name, string text = "text", string? includes = null, Core.Access.MemberName? by = null, string reason = "The data protection officer asked for it.") =>
        new(by ?? Some.Ana, Some.Parse<PartialName>(name), Some.Hash(text), includes is null ? ImmutableArray<string>.Empty : [includes], reason);
}
