"""Journal entries of our own, invented: some to calibrate the quantisation on, others to judge it by."""

from __future__ import annotations

CALIBRATION = (
    (
        "I woke up before the alarm and lay there listening to the rain. Yesterday's argument with Tom kept coming "
        "back, and each time I found a better answer that I will never give. By noon I had written him a message, "
        "deleted it, and written it again. He replied with a single word, fine, and I still don't know whether it "
        "means peace or the opposite. In the evening I baked bread because my hands needed something to do."
    ),
    (
        "First day at the new clinic. Everybody was kind, nobody had time. I shadowed Doctor Osei for six hours "
        "and understood perhaps a third of what she said to the patients, but I watched how she sat down before "
        "she spoke, every single time. That is what I want to learn. I was so tired on the bus that I missed my "
        "stop and walked back along the river, and it was the best part of the day."
    ),
    (
        "The results came. Nothing serious, they say, and I should come again in March. I cried in the parking lot "
        "for ten minutes, which surprised me, because I had told everyone that I was not worried. Called mum. She "
        "had not slept either. We laughed about it, and then we both went quiet."
    ),
    (
        "Training went badly. Eight kilometres, and from the fourth on my knee hurt with each step. I should have "
        "stopped; instead I told myself that winners do not stop, and now I am on the sofa with a bag of frozen "
        "peas. The race is in nineteen days. Part of me is relieved that there might be a reason not to run it."
    ),
    (
        "We signed the papers for the house today. Forty minutes of other people reading aloud, and then a pen "
        "that did not work. Lena squeezed my hand under the table. I thought that I would be happy at once, but "
        "what I felt was mostly the weight of the number, and only later, in the empty kitchen with the evening "
        "sun on the floor, the joy came."
    ),
    (
        "Grandfather told the story of the goat again. He has told it a hundred times, but this time he forgot the "
        "ending and looked at me for help. I gave it to him as if we were telling it together. On the way home I "
        "could not stop thinking about how he searched my face. I want to record his stories while he still has "
        "most of them."
    ),
)

DEV = (
    (
        "Nobody came to the reading except the two of us and the man who runs the shop. I read for twenty minutes "
        "anyway. He bought a copy and asked me to sign it for his daughter, who writes as well. I was ashamed at "
        "first and then, somewhere in the second poem, I was not ashamed any more. Maybe that was what the evening "
        "was for."
    ),
    (
        "The baby slept for five hours. Five! I woke up in a panic and ran to look, and she was just lying there, "
        "breathing. I have not felt so clear in weeks. I answered mails, I washed my hair, I even called Ruth. In "
        "the afternoon the crying started again and by six I was as empty as before, but I know now that the other "
        "me still exists."
    ),
    (
        "My boss praised the report in front of everyone and did not mention that Aylin had written half of it. I "
        "said nothing. I told myself that it was not the moment, but the truth is that I enjoyed it. Tomorrow I "
        "will correct it. I have put it in the calendar so that I cannot pretend to forget."
    ),
    (
        "We scattered the ashes at the lake, where he taught us to swim. My brother had written something and "
        "could not read it, so I read it for him. The wind was strong and it was not dignified at all, and that "
        "would have pleased dad. Afterwards we ate sandwiches in the car with wet shoes, and for the first time "
        "since June we argued about nothing."
    ),
    (
        "Moved to the new city two weeks ago and I still eat lunch alone. People are friendly in the way of people "
        "who have friends already. Today a woman from the third floor asked if I play chess. I don't, but I said "
        "that I would like to learn, and on Thursday we will sit by the window. It is such a small thing, and I "
        "have been smiling since."
    ),
    (
        "I did not get the scholarship. The letter was two lines long. I walked around the block four times so "
        "that my flatmates would not see my face, and then told them at dinner as if it were a joke. Jonas did not "
        "laugh. He said that he was sorry, and that was when I lost it. There is another round in autumn; I don't "
        "know if I have it in me."
    ),
)
