using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway owner</c>: who answers for a prompt.</summary>
internal static class OwnerCommands
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Option<string?> Owner = Person("--owner", "Who answers for the prompt"), Backup = Person("--backup", "Who answers when the owner cannot");
    private static readonly Option<string?> Business = Person("--business", "Who answers for what it is for"), Technical = Person("--technical", "Who answers for what calls it");
    private static readonly Option<string[]> Reviewer = People("--reviewer", "Who reviews meaning and risk; else every reviewer");
    private static readonly Option<string[]> Security = People("--security", "Who reviews security or compliance");
    private static readonly Option<string[]> ReleaseOwner = People("--release-owner", "Who has the final yes; else every release owner");
    private static readonly Option<string[]> OnCall = People("--on-call", "Who stops and rolls back, beside everybody whose role it is");
    private static readonly Option<string?> Risk = new("--risk") { Description = $"What a mistake would cost: {Names(DutyNames.Risks.Select(risk => risk.Risk.Word()))}", HelpName = "LEVEL" };
    private static readonly Option<string[]> Clear = new("--clear")
    {
        Description = $"What nobody in particular is to have any more: {Names(DutyNames.Duties.Where(duty => duty.Duty is not (Duty.Owner or Duty.BackupOwner)).Select(duty => duty.Name))}",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "DUTY",
    };

    private const string Name = "member's name";

    public static Command Make() => new("owner", "Say who answers for a prompt, and what that lets whom do")
    {
        new Command("show", "Show who answers for a prompt, and who may do what") { Prompt }.Does(ShowAsync),
        new Command("set", "Name who answers for a prompt; what is left out stays as it is")
        {
            Prompt, Owner, Backup, Business, Technical, Reviewer, Security, ReleaseOwner, OnCall, Risk, Clear,
        }.Does(SetAsync),
    };

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt
            ? ExitCode.Unusable
            : await context.AskAsync(api => api.DutiesAsync(prompt, cancellation), duties => Show(context, duties));

    private static async Task<int> SetAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt) return ExitCode.Unusable;
        if (Change(context) is not { } change) return ExitCode.Unusable;
        if (change == new DutiesChange()) return context.Misused("There is nothing to set.", "As in: slipway owner set support_router --owner ana --backup ben");
        return await context.AskAsync(api => api.AssignAsync(prompt, change, cancellation), duties => Show(context, duties));
    }

    private static DutiesChange? Change(CommandContext context)
    {
        RiskLevel? risk = null;
        if (context.Parse.GetValue(Risk) is { } level)
        {
            if (!DutyNames.TryParse(level, out RiskLevel read)) return Misused(context, $"\"{level}\" is no risk level: it must be one of {Names(DutyNames.Risks.Select(known => known.Risk.Word()))}.");
            risk = read;
        }
        var clear = ImmutableArray.CreateBuilder<Duty>();
        foreach (var text in context.Parse.GetValue(Clear) ?? [])
        {
            if (!DutyNames.TryParse(text, out Duty duty)) return Misused(context, $"\"{text}\" is no duty: it must be one of {Names(DutyNames.Duties.Select(known => known.Name))}.");
            clear.Add(duty);
        }
        return context.TryRead<MemberName>(Owner, Name, out var owner) && context.TryRead<MemberName>(Backup, Name, out var backup) && context.TryRead<MemberName>(Business, Name, out var business)
            && context.TryRead<MemberName>(Technical, Name, out var technical) && TryPeople(context, Reviewer, out var reviewers) && TryPeople(context, Security, out var security)
            && TryPeople(context, ReleaseOwner, out var releaseOwners) && TryPeople(context, OnCall, out var onCall)
            ? new DutiesChange
            {
                Owner = owner,
                BackupOwner = backup,
                BusinessOwner = business,
                TechnicalOwner = technical,
                Reviewers = reviewers,
                SecurityReviewers = security,
                ReleaseOwners = releaseOwners,
                OnCall = onCall,
                Risk = risk,
                Clear = clear.Count == 0 ? null : clear.ToImmutable(),
            }
            : null;
    }

    private static int Show(CommandContext context, DutiesDocument document)
    {
        var terminal = context.Terminal;
        if (context.WantsJson)
        {
            terminal.Json(document, ApiJson.Default.DutiesDocument);
            return ExitCode.Done;
        }
        var duties = document.Duties;
        terminal.Heading($"{document.Prompt}  risk {duties.Risk.Word()}{(document.Versions == 0 ? "  (it has no version yet)" : "")}");
        foreach (var (duty, _) in DutyNames.Duties.Where(known => known.Duty != Duty.Risk)) terminal.Line($"  {duty.Word(),-20}{Named(duty, duties)}");
        terminal.Line();
        terminal.Heading("Who may, unless they wrote the version");
        terminal.Line($"  {"approve",-20}{Who(document.May.Approve)}");
        terminal.Line($"  {"decline",-20}{Who(document.May.Decline)}");
        terminal.Line($"  {"start, go on",-20}{Who(document.May.Release)}");
        terminal.Line($"  {"freeze, roll back",-20}{Who(document.May.Stop)} (who wrote it too)");
        terminal.Line($"  {"set this",-20}{Who(document.May.Assign)} (who wrote it too)");
        if (document.Missing is { } missing)
        {
            terminal.Line();
            terminal.Verdict(missing, good: false);
        }
        return ExitCode.Done;
    }

    private static string Named(Duty duty, PromptDuties duties) => duties.Named(duty) is { IsEmpty: false } named ? string.Join(", ", named) : duty switch
    {
        Duty.Owner or Duty.BackupOwner => "nobody yet",
        Duty.Reviewers => "every reviewer",
        Duty.ReleaseOwners => "every release owner",
        Duty.OnCall => "everybody who is on call",
        _ => "nobody in particular",
    };

    private static string Who(ImmutableArray<MemberName> people) => people.IsEmpty ? "nobody yet" : string.Join(", ", people);

    private static bool TryPeople(CommandContext context, Option<string[]> option, out ImmutableArray<MemberName>? names)
    {
        names = null;
        return context.Parse.GetValue(option) is not { Length: > 0 } texts || (names = context.ReadAll<MemberName>(texts, "name of a member or group")) is not null;
    }

    private static DutiesChange? Misused(CommandContext context, string message)
    {
        _ = context.Misused(message);
        return null;
    }

    private static Option<string?> Person(string name, string description) => new(name) { Description = description, HelpName = "NAME" };

    private static Option<string[]> People(string name, string description) =>
        new(name) { Description = $"{description}. Members or groups, may be repeated", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
