using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

public sealed class PostProcessingTests
{
    [Theory]
    [InlineData("```json\n{\"a\":1}\n```", "{\"a\":1}")]
    [InlineData("```\n{}\n```", "{}")]
    [InlineData("  \n```json\r\n{\r\n}\r\n```\r\n ", "{\r\n}")]
    [InlineData("```json\n{\"code\":\"a ```x``` b\"}\n```", "{\"code\":\"a ```x``` b\"}")]
    [InlineData("```\n\n```", "")]
    [InlineData("```\n```", "")]
    public void An_answer_that_is_one_fenced_block_loses_the_fence(string answer, string expected) => Assert.Equal(expected, Finished(answer, PostProcessingStep.TrimMarkdownFence));

    [Theory]
    [InlineData("")]
    [InlineData("```")]
    [InlineData("``````")]
    [InlineData("{\"a\":1}")]
    [InlineData(" plain text ")]
    [InlineData("Here it is:\n```json\n{}\n```")]
    [InlineData("```json\n{}\n```\nThat is all.")]
    [InlineData("```json\n{}")]
    [InlineData("```json {} ```")]
    [InlineData("```json\n{}```")]
    [InlineData("```json\n{}\n```\n```json\n{}\n```")]
    [InlineData("````\n{}\n````")]
    public void Any_other_answer_stays_as_it_is(string answer) => Assert.Equal(answer, Finished(answer, PostProcessingStep.TrimMarkdownFence));

    [Theory]
    [InlineData(" \t\r\n yes \u00a0\n", "yes")]
    [InlineData("two words", "two words")]
    [InlineData(" ", "")]
    public void White_space_at_both_ends_goes(string answer, string expected) => Assert.Equal(expected, Finished(answer, PostProcessingStep.TrimWhiteSpace));

    [Fact]
    public void Steps_are_taken_in_their_order()
    {
        Assert.Equal("yes", Finished("```\n yes \n```", PostProcessingStep.TrimMarkdownFence, PostProcessingStep.TrimWhiteSpace));
        Assert.Equal(" yes ", Finished("```\n yes \n```", PostProcessingStep.TrimWhiteSpace, PostProcessingStep.TrimMarkdownFence));
    }

    [Fact]
    public void Without_steps_an_answer_is_what_the_model_said() => Assert.Equal(" ```\n{}\n``` ", Finished(" ```\n{}\n``` "));

    [Fact]
    public void Steps_are_behaviour() => Assert.Equal(3, ((PostProcessingStep[][])[[], [PostProcessingStep.TrimWhiteSpace], [PostProcessingStep.TrimMarkdownFence]]).Select(steps => Package(steps).Hash).Distinct().Count());

    private static string Finished(string answer, params PostProcessingStep[] steps) => Package(steps).Finish(answer);

    private static Package Package(PostProcessingStep[] steps) => Some.Package(Some.Submission() with { PostProcessing = [.. steps] });
}
