using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway review</c>: people score answers without knowing whose they are.</summary>
internal static class ReviewCommands
{
    private static readonly Argument<string> Run = new("RUN") { Description = "A finished run, as eval-12" };
    private static readonly Argument<string> Review = new("REVIEW") { Description = "A review, as rev-3" };
    private static readonly Argument<string> Row = new("ROW") { Description = "A row, as rev-3/12" };
    private static readonly Argument<string> Label = new("LABEL") { Description = "One of the labels that the row shows" };
    private static readonly Option<string?> Rubric = new("--rubric") { Description = "By which rubric; default asks whether the answer could go out", HelpName = "NAME:vN" };
    private static readonly Option<string> OfRubric = new("--rubric") { Description = "The rubric they were scored by", HelpName = "NAME:vN", Required = true };
    private static readonly Option<int?> Rows = new("--rows") { Description = "About how many rows, 1 to 1000; default 40", HelpName = "N" };
    private static readonly Option<bool> Compare = new("--compare") { Description = "Show two answers in each row, to say which is better" };
    private static readonly Option<long?> Seed = new("--seed") { Description = "Draw by this number, to draw the same rows again; who knows it can tell which row is which", HelpName = "N" };
    private static readonly Option<string?> Why = new("--note") { Description = "Why, in a sentence", HelpName = "TEXT" };
    private static readonly Option<string?> Remark = new("--note") { Description = "A sentence for the record", HelpName = "TEXT" };

    public static Command Make() => new("review", "Let people score answers of a run, blind to which version gave them")
    {
        new Command("open", "Draw rows of a finished run for people to score") { Run, Rubric, Rows, Compare, Seed }.Does(OpenAsync),
        new Command("list", "List the reviews, newest first").Does(ListAsync),
        new Command("next", "Score the rows that are left for you, one after the other; in a pipe, print the next") { Review }.Does(NextAsync),
        new Command("score", "Say what a row is; it takes the place of what you said before") { Row, Label, Why }.Does(ScoreAsync),
        new Command("close", "Make the scores final and say whose every row was") { Review, Remark }.Does(CloseAsync),
        new Command("show", "Show how far a review is, or what it came to") { Review }.Does(ShowAsync),
        new Command("examples", "Print what people agreed on as examples for the next version of the rubric") { Run, OfRubric }.Does(ExamplesAsync),
    };

    private static async Task<int> OpenAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        if (context.Read<EvaluationRunId>(parse.GetValue(Run), "run of an evaluation") is not { } run) return ExitCode.Unusable;
        RubricId? rubric = null;
        if (parse.GetValue(Rubric) is { } named && (rubric = context.Read<RubricId>(named, "rubric")) is null) return ExitCode.Unusable;
        return await context.AskAsync(api => api.OpenReviewAsync(new ReviewRequest(run, rubric, parse.GetValue(Rows), parse.GetValue(Compare), parse.GetValue(Seed)), cancellation), review => Shown(context, review));
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.ReviewsAsync(cancellation: cancellation), reviews =>
    {
        if (context.WantsJson) context.Terminal.Json(reviews, ApiJson.Default.ImmutableArrayReviewDocument);
        else ReviewText.List(context.Terminal, reviews);
        return ExitCode.Done;
    });

    private static async Task<int> NextAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<ReviewId>(context.Parse.GetValue(Review), "review") is { } review
            ? await context.AskAsync(api => api.NextReviewRowAsync(review, cancellation), (api, turn) => TurnsAsync(context, api, turn, cancellation)) : ExitCode.Unusable;

    // One row after the other, as long as somebody answers.
    private static async Task<int> TurnsAsync(CommandContext context, SlipwayApi api, ReviewTurnDocument turn, CancellationToken cancellation)
    {
        if (context.WantsJson)
        {
            context.Terminal.Json(turn, ApiJson.Default.ReviewTurnDocument);
            return ExitCode.Done;
        }
        while (true)
        {
            ReviewText.Turn(context.Terminal, turn);
            if (turn.Next is not { } row) return ExitCode.Done;
            if (!context.Terminal.CanAsk)
            {
                context.Terminal.Line($"Say what it is with: slipway review score {row.Id} {string.Join('|', row.Labels.Select(step => step.Label))} --note \"why\"");
                return ExitCode.Done;
            }
            if (Asked(context.Terminal, row) is not { } score)
            {
                context.Terminal.Line($"{turn.Scored} of {turn.Rows} rows are scored; go on with: slipway review next {turn.Review}");
                return ExitCode.Done;
            }
            var stored = await api.ScoreAsync(row.Id, score, cancellation);
            if (stored is not ApiResult<ReviewTurnDocument>.Ok { Value: var next }) return context.Fail(((ApiResult<ReviewTurnDocument>.Failed)stored).Failure);
            turn = next;
        }
    }

    // Null where nobody goes on.
    private static ScoreRequest? Asked(Terminal terminal, ReviewRowDocument row)
    {
        while (true)
        {
            if (terminal.Ask("Which is it? (a label or its number; q ends) ") is not { } said || said.Trim() is "" or "q" or "Q") return null;
            if (ReviewText.LabelOf(row, said.Trim()) is { } label) return new ScoreRequest(label, terminal.Ask("Why? (Enter says nothing) ") is { } why && !string.IsNullOrWhiteSpace(why) ? why.Trim() : null);
            terminal.Line($"\"{said.Trim()}\" is none of {string.Join(", ", row.Labels.Select(step => step.Label))}.");
        }
    }

    private static async Task<int> ScoreAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ReviewRowId>(context.Parse.GetValue(Row), "row of a review") is not { } row) return ExitCode.Unusable;
        return await context.AskAsync(api => api.ScoreAsync(row, new ScoreRequest(context.Parse.GetValue(Label)!, context.Parse.GetValue(Why)), cancellation), turn =>
        {
            if (context.WantsJson) context.Terminal.Json(turn, ApiJson.Default.ReviewTurnDocument);
            else context.Terminal.Line($"{row}  {context.Parse.GetValue(Label)}  ({turn.Scored} of {turn.Rows} rows are scored)");
            return ExitCode.Done;
        });
    }

    private static async Task<int> CloseAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<ReviewId>(context.Parse.GetValue(Review), "review") is { } review
            ? await context.AskAsync(api => api.CloseReviewAsync(review, context.Parse.GetValue(Remark), cancellation), closed => Shown(context, closed)) : ExitCode.Unusable;

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<ReviewId>(context.Parse.GetValue(Review), "review") is { } review
            ? await context.AskAsync(api => api.ReviewAsync(review, cancellation), shown => Shown(context, shown)) : ExitCode.Unusable;

    private static async Task<int> ExamplesAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<EvaluationRunId>(context.Parse.GetValue(Run), "run of an evaluation") is not { } run) return ExitCode.Unusable;
        if (context.Read<RubricId>(context.Parse.GetValue(OfRubric), "rubric") is not { } rubric) return ExitCode.Unusable;
        return await context.AskAsync(api => api.ReviewExamplesAsync(run, rubric, cancellation), found =>
        {
            if (context.WantsJson) context.Terminal.Json(found, ApiJson.Default.ReviewExamplesDocument);
            else context.Terminal.Json(found.Examples, ApiJson.Default.ImmutableArrayRubricExample);
            foreach (var left in found.LeftOut) context.Terminal.Remark(left);
            return ExitCode.Done;
        });
    }

    private static int Shown(CommandContext context, ReviewDocument review)
    {
        if (context.WantsJson) context.Terminal.Json(review, ApiJson.Default.ReviewDocument);
        else ReviewText.Show(context.Terminal, review);
        return ExitCode.Done;
    }
}
