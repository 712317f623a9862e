namespace Slipway.Client.Tests.Documentation;

/// <summary>What the pages of <c>docs/</c> tell people to type works when they type it. The pages are dealt out to four classes, because classes run beside each other and cases of one do not.</summary>
public abstract class PageTests
{
    private const int Hands = 4;

    private protected static TheoryData<string> Hand(int number) =>
        [.. Page.Docs.Where(page => page.Commands.Any()).Select(page => page.Name).Where((_, index) => index % Hands == number)];

    private protected static async Task RunAsync(string name)
    {
        var page = Page.Docs.Single(page => page.Name == name);
        await using var state = await StartingState.MakeAsync();
        using var script = new PageScript();
        state.Describe(script);
        foreach (var block in page.Commands) script.Add(page, block);

        (await script.RunAsync()).Shows(page);
    }
}

/// <summary>The first hand of pages.</summary>
public sealed class PageTests1 : PageTests
{
    public static TheoryData<string> Pages => Hand(0);

    [Theory, MemberData(nameof(Pages))]
    public Task The_commands_of_a_page_work_as_they_stand(string page) => RunAsync(page);
}

/// <summary>The second hand of pages.</summary>
public sealed class PageTests2 : PageTests
{
    public static TheoryData<string> Pages => Hand(1);

    [Theory, MemberData(nameof(Pages))]
    public Task The_commands_of_a_page_work_as_they_stand(string page) => RunAsync(page);
}

/// <summary>The third hand of pages.</summary>
public sealed class PageTests3 : PageTests
{
    public static TheoryData<string> Pages => Hand(2);

    [Theory, MemberData(nameof(Pages))]
    public Task The_commands_of_a_page_work_as_they_stand(string page) => RunAsync(page);
}

/// <summary>The fourth hand of pages.</summary>
public sealed class PageTests4 : PageTests
{
    public static TheoryData<string> Pages => Hand(3);

    [Theory, MemberData(nameof(Pages))]
    public Task The_commands_of_a_page_work_as_they_stand(string page) => RunAsync(page);
}

/// <summary>The index of the pages.</summary>
public sealed class DocumentationIndexTests
{
    [Fact]
    public void Every_page_stands_in_the_index()
    {
        var index = Page.Read("docs/README.md").Text;
        var missing = Page.Docs.Select(page => page.Name["docs/".Length..]).Where(name => name != "README.md" && !index.Contains($"]({name})", StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"docs/README.md does not name: {string.Join(", ", missing)}");
    }
}
