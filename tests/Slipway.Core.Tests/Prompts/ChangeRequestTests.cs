using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

/// <summary>Who cannot edit asks, and an author answers.</summary>
public sealed class ChangeRequestTests
{
    private readonly Installation installation = Some.Installation();

    [Theory]
    [InlineData("dora")]
    [InlineData("greta")]
    [InlineData("boris")]
    [InlineData("ana")]
    public void Everybody_who_is_a_person_may_ask(string person)
    {
        Assert.Equal("asked for a change of support_router (chg-1): Say billing, not accounts.", Assert.Single(installation.Do(new RequestChange(Some.Member(person), Some.Prompt, " Say billing, not accounts. "))).Sentence);
        Assert.Equal((ChangeRequestState.Open, Some.Member(person)), (One.State, One.By));
    }

    [Fact]
    public void A_program_asks_for_nothing()
    {
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RequestChange(Some.Fritz, Some.Prompt, "more")).Kind);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RequestChange(MemberName.System, Some.Prompt, "more")).Kind);
    }

    [Fact]
    public void What_is_asked_for_is_said_and_about_a_prompt_there_is()
    {
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(new RequestChange(Some.Dora, Some.Prompt, " ")).Kind);
        Assert.Equal("The text is longer than 4000 characters.", installation.Refuses(new RequestChange(Some.Dora, Some.Prompt, new string('x', 4001))).Reason);
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(new RequestChange(Some.Dora, Some.Parse<PromptName>("nothing"), "more")).Kind);
    }

    [Theory]
    [InlineData("ana", true)]
    [InlineData("emil", true)]
    [InlineData("greta", true)]
    [InlineData("boris", false)]
    [InlineData("dora", false)]
    [InlineData("fritz", false)]
    [InlineData("system", false)]
    public void Authors_and_owners_answer(string person, bool may)
    {
        Ask();
        foreach (var answer in (AnswerChange[])[new AnswerChange.TakeUp(Some.Member(person), One.Id, null, null), new AnswerChange.TurnDown(Some.Member(person), One.Id, "no")])
            Assert.Equal(may, installation.Copy().Try(answer) is Verdict.Accept);
        if (!may) Assert.Equal($"{person} may not answer chg-1: it needs the role author, or to be owner or backup owner of support_router; ana, emil, greta may.",
            installation.Refuses(new AnswerChange.TakeUp(Some.Member(person), One.Id, null, null)).Reason);
    }

    [Fact]
    public void An_author_takes_it_up_and_says_later_which_version_makes_it()
    {
        Ask();
        Assert.Equal("took up chg-1 of support_router", Told(new AnswerChange.TakeUp(Some.Ana, One.Id, null, null)));
        Assert.Empty(installation.Do(new AnswerChange.TakeUp(Some.Ana, One.Id, null, "again")));
        Assert.Equal("took up chg-1 of support_router with 1.1.0: as you said", Told(new AnswerChange.TakeUp(Some.Ana, One.Id, Some.Version("1.1.0"), "as you said")));
        Assert.Equal((ChangeRequestState.TakenUp, Some.Ana, Some.Version("1.1.0")), (One.State, One.AnsweredBy!, One.Version!));
        Assert.Equal("ana took chg-1 up already.", installation.Refuses(new AnswerChange.TurnDown(Some.Emil, One.Id, "no")).Reason);
    }

    [Fact]
    public void Turned_down_it_says_why_and_is_over()
    {
        Ask();
        Assert.Equal("Say why: the reason is empty.", installation.Refuses(new AnswerChange.TurnDown(Some.Ana, One.Id, "")).Reason);
        Assert.Equal("turned down chg-1 of support_router: it would confuse billing.", Told(new AnswerChange.TurnDown(Some.Ana, One.Id, "it would confuse billing.")));
        Assert.Empty(installation.Do(new AnswerChange.TurnDown(Some.Emil, One.Id, "me too")));
        Assert.Equal("ana turned chg-1 down on 2026-03-02: it would confuse billing. Ask for the change anew.", installation.Refuses(new AnswerChange.TakeUp(Some.Ana, One.Id, null, null)).Reason);
    }

    [Fact]
    public void What_is_not_there_is_unknown()
    {
        Assert.Equal("There is no request chg-7; nobody asked for a change yet.", installation.Refuses(new AnswerChange.TakeUp(Some.Ana, new ChangeRequestId(7), null, null)).Reason);
        Ask();
        Assert.Equal("There is no request chg-7; the newest is chg-1.", installation.Refuses(new AnswerChange.TakeUp(Some.Ana, new ChangeRequestId(7), null, null)).Reason);
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(new AnswerChange.TakeUp(Some.Ana, One.Id, Some.Version("9.0.0"), null)).Kind);
        Assert.Equal("chg-1 is about support_router, and refunds:v1.0.0 is no version of it.",
            installation.Refuses(new AnswerChange.TakeUp(Some.Ana, One.Id, new VersionId(Some.Parse<PromptName>("refunds"), Some.Version("1.0.0").Number), null)).Reason);
    }

    [Fact]
    public void A_key_of_another_prompt_neither_asks_nor_answers()
    {
        Ask();
        var key = installation.Key(Some.Ana, new KeyScope(null, null, [Some.Parse<PromptPattern>("refunds")], null));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RequestChange(Some.Ana, Some.Prompt, "more"), key).Kind);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new AnswerChange.TakeUp(Some.Ana, One.Id, null, null), key).Kind);
    }

    private ChangeRequest One => installation.State.Prompts.Find(new ChangeRequestId(1))!;

    private void Ask() => installation.Do(new RequestChange(Some.Dora, Some.Prompt, "Say billing, not accounts."));

    private string Told(Command command) => Assert.Single(installation.Do(command)).Sentence;
}
