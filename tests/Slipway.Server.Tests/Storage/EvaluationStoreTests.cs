using System.Globalization;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteEvaluationStoreSuite() : EvaluationStoreTests(TestEngine.Named("sqlite"));

public sealed class PostgresEvaluationStoreSuite() : EvaluationStoreTests(TestEngine.Named("postgres"))
{
    [Fact]
    public void A_run_is_one_servers_at_a_time_and_the_next_ones_when_it_is_gone()
    {
        var number = Begin("a").Number;
        using var other = Engine.OpenEvaluations();
        var first = Store.Hold(number);
        Assert.True(first!.IsKept);
        Assert.Null(other.Hold(number));
        first.Dispose();
        using var second = other.Hold(number);
        Assert.NotNull(second);
    }
}

/// <summary>What every engine does with the answers and runs of evaluations; each runs all of it.</summary>
public abstract class EvaluationStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    protected EvaluationStoreTests(TestEngine engine)
    {
        Engine = engine;
        Store = engine.OpenEvaluations();
    }

    protected TestEngine Engine { get; }

    private protected SqlEvaluationStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void An_answer_is_found_under_its_key_and_no_other()
    {
        Store.Append([Answer("a"), Answer("b", json: "{\"text\":\"\\u0000 half \\ud83d\"}")], null, Noon);
        var found = Store.Find([Hash("a"), Hash("b"), Hash("c")], null, Noon);
        Assert.Equal(2, found.Count);
        Assert.Equal("{\"text\":\"a\"}", found[Hash("a")]);
        Assert.Equal("{\"text\":\"\\u0000 half \\ud83d\"}", found[Hash("b")]);
        Assert.Empty(Store.Find([], null, Noon));
    }

    [Fact]
    public void An_answer_that_is_asked_for_again_takes_the_place_of_the_first()
    {
        Store.Append([Answer("a", json: "1")], null, Noon);
        Store.Append([Answer("a", json: "2"), Answer("b"), Answer("a", json: "3")], null, Noon);
        Assert.Equal("2", Store.Find([Hash("a")], null, Noon)[Hash("a")]);
    }

    [Fact]
    public void A_run_finds_what_it_asked_for_itself()
    {
        var (one, two) = (Begin("one").Number, Begin("two").Number);
        Store.Append([Answer("a")], new RunProgress(one, 0, null), Noon);
        Store.Append([Answer("b")], new RunProgress(two, 0, null), Noon);
        Assert.Equal([Hash("b")], Store.Find([Hash("a"), Hash("b")], two, Noon).Keys);
    }

    [Fact]
    public void What_a_run_spends_is_counted_with_its_answers()
    {
        var number = Begin("a").Number;
        Store.Append([Answer("a")], new RunProgress(number, 0.000000001m, null), Noon);
        Store.Append([], new RunProgress(number, 1.25m, "{\"cases\":1}"), Noon);
        Assert.Equal((1.250000001m, "{\"cases\":1}"), (Store.Find(number)!.Spent, Store.Find(number)!.Progress));
    }

    [Fact]
    public void A_command_begins_one_run_and_finds_it_again()
    {
        var begun = Begin("mine");
        Assert.Equal(begun, Begin("mine"));
        Assert.Equal(begun, Store.FindByCommand("mine"));
        Assert.Null(Store.FindByCommand("another"));
        Assert.Null(Store.Find(begun.Number + 1));
        Assert.Equal((EvaluationRunState.Running, "ana", "key-2", "{}", Noon), (begun.State, begun.Member, begun.Key, begun.Plan, begun.StartedAt));
    }

    [Fact]
    public void A_run_ends_once()
    {
        var (one, two) = (Begin("one").Number, Begin("two").Number);
        Assert.Equal([one, two], Store.Unfinished().Select(run => run.Number));
        Store.End(one, EvaluationRunState.Finished, "\"first\"", null, Noon.AddMinutes(1));
        Store.End(one, EvaluationRunState.Failed, "\"second\"", "{}", Noon.AddMinutes(2));
        var ended = Store.Find(one)!;
        Assert.Equal((EvaluationRunState.Finished, "\"first\"", Noon.AddMinutes(1)), (ended.State, ended.Outcome, ended.EndedAt));
        Assert.Equal([two], Store.Unfinished().Select(run => run.Number));
        Assert.Equal([two, one], Store.Newest(null, 10).Select(run => run.Number));
        Assert.Equal([one], Store.Newest(two, 10).Select(run => run.Number));
    }

    [Fact]
    public void Who_runs_it_hears_with_the_next_answers_that_it_is_to_be_cancelled()
    {
        var number = Begin("a").Number;
        Assert.True(Store.Append([Answer("a")], new RunProgress(number, 0, null), Noon));
        Store.AskToCancel(number);
        Assert.False(Store.Append([Answer("b")], new RunProgress(number, 0, null), Noon));
        Assert.Equal(2, Store.Find([Hash("a"), Hash("b")], null, Noon).Count);
    }

    [Fact]
    public void What_came_of_erased_objects_goes_with_them()
    {
        Store.Append([Answer("a", package: "p1", set: "s1", input: "c1"), Answer("b", package: "p2", set: "s1", input: "c2"), Answer("c", package: "p2", set: "s2", input: "c3"), Answer("d", package: "p2", set: "s2", input: "c4")], null, Noon);
        Store.Erase([Hash("p1"), Hash("nothing")], [Hash("c3")]);
        Assert.Equal(Sorted("b", "d"), Store.Find(All, null, Noon).Keys.Select(key => key.Value).Order(StringComparer.Ordinal));
        Store.Erase([Hash("s1")], []);
        Store.Erase([Hash("s1")], []);
        Assert.Equal([Hash("d")], Store.Find(All, null, Noon).Keys);
    }

    [Fact]
    public void Answers_that_nobody_uses_go_and_those_that_somebody_uses_stay()
    {
        Store.Append([Answer("a"), Answer("b")], null, Noon);
        Store.Append([Answer("c")], null, Noon.AddDays(10));
        Assert.Single(Store.Find([Hash("a")], null, Noon.AddDays(20)));
        Assert.True(Store.Remove(Noon.AddDays(5), long.MaxValue));
        Assert.Equal(Sorted("a", "c"), Store.Find(All, null, Noon.AddDays(20)).Keys.Select(key => key.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Beyond_their_number_those_used_least_recently_go_first()
    {
        foreach (var (day, name) in ((string[])["a", "b", "c", "d"]).Index()) Store.Append([Answer(name)], null, Noon.AddDays(day));
        Assert.True(Store.Remove(Noon.AddDays(-1), 2));
        Assert.Equal(Sorted("c", "d"), Store.Find(All, null, Noon.AddDays(4)).Keys.Select(key => key.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Runs_that_ended_long_ago_go_and_those_that_run_stay()
    {
        var (one, two) = (Begin("one").Number, Begin("two").Number);
        Store.End(one, EvaluationRunState.Cancelled, "{}", null, Noon);
        Assert.True(Store.Remove(Noon.AddDays(1), long.MaxValue));
        Assert.Equal([two], Store.Newest(null, 10).Select(run => run.Number));
    }

    [Fact]
    public void All_of_it_is_there_after_it_was_opened_again()
    {
        var number = Begin("a").Number;
        Store.Append([Answer("a")], new RunProgress(number, 2, "{}"), Noon);
        using var again = Engine.OpenEvaluations();
        Assert.Single(again.Find([Hash("a")], null, Noon));
        Assert.Equal(Store.Find(number), again.Find(number));
    }

    [Fact]
    public void A_review_has_a_number_above_all_before_and_is_opened_once_by_a_command()
    {
        var first = Open("one", above: 6);
        Assert.Equal((7, first), (first.Number, Open("one", above: 9)));
        Assert.Equal((8, 21), (Open("two").Number, Open("three", above: 20).Number));
        Assert.Equal(first, Store.FindReviewByCommand("one"));
        Assert.Equal(first, Store.FindReview(7));
        Assert.Null(Store.FindReview(1));
        Assert.Equal([21, 8, 7], Store.NewestReviews(null, null, 10).Select(review => review.Number));
        Assert.Equal([7], Store.NewestReviews(Hash("report of one"), null, 10).Select(review => review.Number));
        Assert.Equal([8], Store.NewestReviews(null, 21, 1).Select(review => review.Number));
    }

    [Fact]
    public void Everybody_has_one_score_of_a_row_and_it_is_the_last()
    {
        var review = Open("one").Number;
        foreach (var score in (StoredScore[])[new(2, "eva", "no", null), new(2, "ben", "no", "because"), new(1, "ben", "yes", null), new(2, "ben", "yes", null)]) Assert.True(Store.Score(review, score, Noon));
        Assert.Equal([new StoredScore(1, "ben", "yes", null), new StoredScore(2, "ben", "yes", null), new StoredScore(2, "eva", "no", null)], Store.Scores(review));
        Assert.Empty(Store.Scores(review + 1));
    }

    [Fact]
    public void A_sealed_review_takes_no_scores_until_it_is_open_again()
    {
        var review = Open("one").Number;
        Store.Seal(review, Noon);
        Store.Seal(review, Noon.AddHours(1));
        Assert.Equal(Noon, Store.FindReview(review)!.SealedAt);
        Assert.False(Store.Score(review, new StoredScore(1, "ben", "yes", null), Noon));
        Store.Unseal(review);
        Assert.True(Store.Score(review, new StoredScore(1, "ben", "yes", null), Noon));
        Assert.False(Store.Score(review + 1, new StoredScore(1, "ben", "yes", null), Noon));
        Assert.Single(Store.Scores(review));
    }

    [Fact]
    public async Task No_score_that_was_taken_comes_after_the_seal()
    {
        var review = Open("one").Number;
        using var other = Engine.OpenEvaluations();
        var scoring = Task.Run(() => Enumerable.Range(1, 200).Count(row => other.Score(review, new StoredScore(row, "ben", "yes", null), Noon)));
        while (Store.Scores(review).Length < 5) await Task.Yield();
        Store.Seal(review, Noon);
        var seen = Store.Scores(review).Length;
        Assert.Equal(seen, await scoring);
        Assert.Equal(seen, Store.Scores(review).Length);
    }

    [Fact]
    public void What_people_wrote_goes_with_what_they_wrote_about_and_what_they_scored_stays()
    {
        foreach (var name in (string[])["one", "two"]) Store.Score(Open(name).Number, new StoredScore(1, "ben", "no", $"about {name}"), Noon);
        Store.Erase([Hash("set of one")], []);
        Assert.Equal([null, "about two"], ((long[])[1, 2]).Select(review => Assert.Single(Store.Scores(review)).Note));
        Store.Erase([Hash("baseline of two")], []);
        Assert.Equal(new StoredScore(1, "ben", "no", null), Assert.Single(Store.Scores(2)));
    }

    [Fact]
    public void Reviews_that_were_closed_long_ago_go_and_open_ones_stay()
    {
        foreach (var name in (string[])["one", "two"]) Store.Score(Open(name).Number, new StoredScore(1, "ben", "no", null), Noon);
        Store.Seal(1, Noon);
        Assert.True(Store.Remove(Noon.AddDays(1), long.MaxValue));
        Assert.Equal((null, 0, 1), (Store.FindReview(1), Store.Scores(1).Length, Store.Scores(2).Length));
        using var again = Engine.OpenEvaluations();
        Assert.Equal(Store.FindReview(2), again.FindReview(2));
    }

    private protected StoredReview Open(string command, long above = 0) => Store.Open(
        new NewReview(command, Hash(command), "ana", Hash($"report of {command}"), Hash($"set of {command}"), Hash($"candidate of {command}"), Hash($"baseline of {command}"), "{}"), above, Noon);

    private protected StoredRun Begin(string command) => Store.Begin(new NewRun(command, Hash(command), "ana", "key-2", "{}"), Noon);

    private static ContentHash[] All => [Hash("a"), Hash("b"), Hash("c"), Hash("d")];

    private static IEnumerable<string> Sorted(params string[] names) => names.Select(name => Hash(name).Value).Order(StringComparer.Ordinal);

    private static StoredAnswer Answer(string key, string package = "p", string set = "s", string input = "i", string? json = null) =>
        new(Hash(key), Hash(package), Hash(set), Hash(input), json ?? string.Create(CultureInfo.InvariantCulture, $"{{\"text\":\"{key}\"}}"));

    private static ContentHash Hash(string text) => ContentHash.Of(System.Text.Encoding.UTF8.GetBytes(text));
}
