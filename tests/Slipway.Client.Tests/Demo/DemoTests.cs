using Slipway.Tests;

namespace Slipway.Client.Tests.Demo;

/// <summary>The whole loop, as a newcomer runs it: the real executable, as a process of its own.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_promotes_the_good_version_and_rolls_the_bad_one_back_by_itself()
    {
        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("demo", "--exit");
        Assert.True(exitCode == 0, errors + output);
        Assert.Empty(errors);
        Assert.Contains("ana owns support_router, as its manifest says, and named ben as backup owner", output, StringComparison.Ordinal);
        Assert.Contains("ana asked for rel-1, ben confirmed as the second person: support_router:v1.5.2 is live", output, StringComparison.Ordinal);
        Assert.Contains("rel-2 completed by itself: support_router:v1.6.0 is live for everybody", output, StringComparison.Ordinal);
        Assert.Contains("rel-3 rolled back by itself: everybody is on support_router:v1.6.0 again", output, StringComparison.Ordinal);
        Assert.Contains("system rolled back rel-3 from support_router:v1.7.0 to 1.6.0", output, StringComparison.Ordinal);
        Assert.Contains("stable v1.6.0 on all 10 instances after ", output, StringComparison.Ordinal);
        Assert.Contains("so inc-1 is closed", output, StringComparison.Ordinal);
        Assert.Contains("evaluated on them, 1.7.0 fails before anybody meets it: schema_pass_rate is ", output, StringComparison.Ordinal);
        Assert.Contains("ana proposed it all the same and was refused: support_router:v1.7.0 did not pass its gates", output, StringComparison.Ordinal);
        Assert.Contains("s from the first bad answer to the rollback", output, StringComparison.Ordinal);
        Assert.Contains("each as it was written", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_tickets_that_is_not_there_is_named()
    {
        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("demo", "--exit", "--tickets", "/nowhere/tickets.csv");
        Assert.Equal(2, exitCode);
        Assert.Contains("/nowhere/tickets.csv", errors, StringComparison.Ordinal);
        Assert.Empty(output);
    }
}

/// <summary>The loop on other people's messages. A class of its own runs beside the others.</summary>
public sealed class DemoOnOtherMessagesTests
{
    [Fact]
    public async Task The_loop_holds_on_real_messages_of_real_customers()
    {
        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("demo", "--exit", "--tickets", SharedMaterial.Path("data/banking77/test.csv"));
        Assert.True(exitCode == 0, errors + output);
        Assert.Contains("rel-2 completed by itself", output, StringComparison.Ordinal);
        Assert.Contains("rel-3 rolled back by itself", output, StringComparison.Ordinal);
    }
}

/// <summary>The demo claims nothing that did not happen.</summary>
public sealed class DemoHonestyTests
{
    [Fact]
    public async Task On_messages_that_cannot_break_the_bad_version_the_demo_says_so_and_fails()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "text\nwhere is my parcel\nyou charged me twice\nthe lamp blinks\n", TestContext.Current.CancellationToken);
            var (exitCode, output, errors) = await SlipwayProcess.RunAsync("demo", "--exit", "--tickets", file);
            Assert.Equal(1, exitCode);
            Assert.Contains("support_router:v1.7.0 should have been rolled back, but rel-3 is Completed", errors, StringComparison.Ordinal);
            Assert.Contains("rel-2 completed by itself", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
